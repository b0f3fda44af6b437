#include <fmt/format.h>

#include <array>
#include <set>

#include "revive/fuzz/oracles/lambda_case.h"
#include "revive/fuzz/seeds/seeds.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/operators.h"

namespace revive::fuzz {
namespace {

struct Seed {
  std::size_t input;
  std::string_view text;
};

constexpr Seed kSeeds[] = {
    {0, "lambda x: x"},
    {0, "lambda x, k=3: x * k + s"},
    {1, "x[:, -n:, :] * s + a"},
    {1, "x[..., ::-1][:, None, 1:, t[0]]"},
    {1, "x[:, [2, 0]] + x[:, i]"},
    {4, "-x ** 2 // 3 % 2 - ~(x > 1) * (x <= s) | (x == 3)"},
    {0, "x * 2 if n is not None and 1 < n <= 3 or not t else -x"},
    {1, "x[:, : x.shape[1] // 2] * len(x.shape)"},
    {1, "K.concatenate([x, x * 2], axis=-1)"},
    {1, "tf.reduce_sum(x, axis=[1, 2], keepdims=True)"},
    {1, "K.l2_normalize(x, axis=-1)"},
    {1, "tf.split(x, [1, 2], 1)[1] + tf.unstack(x, axis=1)[0][:, None]"},
    {1, "ops.einsum('bij,bkj->bik', x, x)"},
    {1, "K.batch_dot(x, x, axes=2)"},
    {0, "tf.matmul(x, m) @ [[1.0], [2.0]]"},
    {0, "ops.pad(x, [[0, 0], [1, 2]], mode='reflect')"},
    {3, "tf.image.resize(x, (2, 3), method='nearest')"},
    {3, "tf.nn.space_to_depth(x, 2)"},
    {1, "tf.reshape(x, (tf.shape(x)[0], -1))"},
    {1, "K.permute_dimensions(x, (0, 2, 1))"},
    {4, "tf.one_hot(x, 5)"},
    {4, "tf.cast(x, tf.float32) / 2"},
    {5, "K.any(x, axis=1)"},
    {6, "ops.squeeze(x)"},
    {1, "K.switch(x > 0, x, 0.1 * x)"},
    {0, "f(x) + g(act(x), ) - tfm.exp(x)"},
    {0, "x + np.array([1, 2, 3, 4], dtype='float32') * math.sqrt(16) + np.pi"},
    {0, "x * self.width + nan"},
    {0, "sum([x, 1, abs(x)]) + max(1, 2) + len(range(3)) + [0] * 4"},
    {0, "x + tf.zeros((4,), dtype=word) + K.arange(4)"},
    {0, "ops.relu(*(x,)) + (0x1F << 2) + {'a': 'b' \"c\\n\\u0041\"}['a']"},
};

// A dictionary entry; words of a lambda hold no quotes or backslashes.
std::string line(std::string_view word) {
  return fmt::format("\"{}\"\n", word);
}

}  // namespace

std::vector<std::vector<std::uint8_t>> lambda_seeds() {
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const auto& [input, text] : kSeeds) seeds.push_back(lambda_bytes(input, text));
  return seeds;
}

std::string lambda_dictionary() {
  constexpr std::array kWords = {"lambda x: ", "axis=", "keepdims=True", "None", "...", "::-1", "x[:, ", "[[0, 0], "};
  std::set<std::string> words(kWords.begin(), kWords.end());
  for (const std::string_view path : function_paths()) words.insert(std::string(path) + "(");
  for (const OpClass* op : all_ops()) {
    words.insert(fmt::format("ops.{}(x", op->function));
    for (const std::string_view parameter : op->parameters) words.insert(fmt::format("{}=", parameter));
    for (const OpSetting& setting : op->settings) words.insert(fmt::format("{}=", setting.name));
  }
  for (const Infix& infix : kInfixes) words.insert(fmt::format(" {} ", infix.symbol));
  for (const auto& [name, capture] : lambda_captures()) words.insert(name);
  std::string lines;
  for (const std::string& word : words) lines += line(word);
  return lines;
}

}  // namespace revive::fuzz
