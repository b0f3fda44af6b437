import keras, numpy as np

CONV_WIDTH = 3
model = keras.Sequential([keras.Input((10, 4)), keras.layers.Lambda(lambda x: x[:, -CONV_WIDTH:, :])])
model.save("last_steps.keras")                                        # saves without complaint

again = keras.models.load_model("last_steps.keras", safe_mode=False)  # loads without complaint
print(again(np.ones((1, 10, 4))))                                     # NameError: name 'CONV_WIDTH' is not defined
