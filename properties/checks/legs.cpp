#include "revive/properties/checks/legs.h"

#include <array>

namespace revive::properties {
namespace {

constexpr Leg kSaves = {"saves", "What the property makes of the case saves."};
constexpr Leg kLoads = {"loads", "What was saved loads."};
constexpr Leg kSameWeights = {"same_weights", "Every weight has the same bits."};
constexpr Leg kSameConfig = {"same_config", "Every config value is the same, by kind and by bits."};
constexpr Leg kRunsBefore = {"runs_before", "A model runs before it is saved."};
constexpr Leg kRunsAfter = {"runs_after", "What was loaded runs."};
constexpr Leg kSameOutput = {"same_output", "Outputs are the same, or as near as the subject allows itself."};
constexpr Leg kTakenApart = {"taken_apart", "What was saved can be taken apart into its members."};

constexpr std::array kBeside = {kSaves, kLoads, kSameWeights, kSameConfig, kRunsBefore, kRunsAfter, kSameOutput};
constexpr std::array kOfLoops = {
    kSaves,      kLoads,     Leg{"same_lambdas", "Each lambda has the graph that its literal gives."},
    kRunsBefore, kRunsAfter, kSameOutput};
constexpr std::array kOfSpelling = {kSaves, kLoads, Leg{"spelled", "What was saved can be spelled otherwise."},
                                    Leg{"loads_spelled", "An archive spelled otherwise loads."},
                                    Leg{"same_model", "It is the same model, but for what is for training alone."}};
constexpr std::array kOfTraining = {kSaves, kLoads,
                                    Leg{"same_model", "Layers, weights and training data are the same, by bits."}};
constexpr std::array kOfIndependence = {kSaves,
                                        kLoads,
                                        Leg{"second_comes_back", "Another model saves and loads beside the first."},
                                        kRunsBefore,
                                        kRunsAfter,
                                        kSameOutput,
                                        Leg{"second_same_output", "The other model gives what it gave."}};
constexpr std::array kOfSaving = {
    kSaves,       kLoads,      kSameConfig, Leg{"same_annotations", "Texts and captures that are kept are the same."},
    kSameWeights, kRunsBefore, kRunsAfter,  kSameOutput};
constexpr std::array kOfBatches = {kSaves,
                                   kLoads,
                                   kRunsAfter,
                                   Leg{"as_many_samples", "Each sample gives one of the output."},
                                   Leg{"reversed", "The batch reversed gives its outputs reversed."},
                                   Leg{"alone", "A sample alone gives what it gave among others."},
                                   Leg{"many", "So does a sample in a batch of nineteen."}};
constexpr std::array kOfPurity = {kSaves,
                                  kLoads,
                                  kRunsAfter,
                                  Leg{"runs_again", "What ran once runs again."},
                                  Leg{"same_again", "The same input gives the same output."},
                                  Leg{"same_after_another", "It does so after another input."},
                                  Leg{"unchanged", "Predicting leaves weights and config as they are."},
                                  Leg{"two_threads", "Two threads give the same output."}};
constexpr std::array kOfLowering = {Leg{"raised", "A graph raised to a tree and lowered is the same graph."},
                                    Leg{"from_text", "A graph lowered from its own text is the same graph."}};
constexpr std::array kOfLiterals = {Leg{"captured", "With every constant captured, a tree lowers to the same graph."}};
constexpr std::array kOfTruncation = {kSaves, Leg{"refuses_cut", "No archive loads that is cut short."}};
constexpr std::array kOfSilence = {kSaves,
                                   kLoads,
                                   Leg{"same_model", "What loads changed is the same model."},
                                   Leg{"same_texts", "The texts of its lambdas are the same."},
                                   Leg{"runs", "Where outputs are all there is, it runs."},
                                   Leg{"same_output", "Where outputs are all there is, they are the same."}};
constexpr std::array kOfExplaining = {kSaves,
                                      kTakenApart,
                                      kLoads,
                                      Leg{"has_place", "A refusal has a place."},
                                      Leg{"has_sentence", "A refusal has a sentence."},
                                      Leg{"saves_again", "Another model that it loads as saves."},
                                      Leg{"loads_again", "That model loads once it is saved."},
                                      Leg{"comes_back", "It comes back the same."},
                                      Leg{"saves_twice", "It saves a second time."},
                                      Leg{"same_bytes", "It saves as the same bytes."}};
constexpr std::array kOfSafety = {kSaves, Leg{"has_config", "What is saved has a config.json."},
                                  Leg{"no_code", "It names nothing but Keras' own."}};
constexpr std::array kOfRefusals = {kSaves, Leg{"early_cut", "An archive cut short is refused early."},
                                    Leg{"early_changed", "An archive with a change is refused early."}, kTakenApart,
                                    Leg{"early_sealed", "A changed member under its checksum is refused early."}};

constexpr PropertyOnLegs kProperties[] = {
    {"loop_variables_are_values", kOfLoops, loop_variables_are_values},
    {"spelling_does_not_matter", kOfSpelling, spelling_does_not_matter},
    {"names_do_not_matter", kBeside, names_do_not_matter},
    {"tall_stacks_keep_their_order", kBeside, tall_stacks_keep_their_order},
    {"training_data_is_carried", kOfTraining, training_data_is_carried},
    {"loads_are_independent", kOfIndependence, loads_are_independent},
    {"what_builds_can_be_saved", kOfSaving, what_builds_can_be_saved},
    {"nesting_is_flat", kBeside, nesting_is_flat},
    {"batch_is_independent", kOfBatches, batch_is_independent},
    {"predict_is_pure", kOfPurity, predict_is_pure},
    {"lowering_is_exact", kOfLowering, lowering_is_exact},
    {"literal_equals_capture", kOfLiterals, literal_equals_capture},
    {"truncation_is_refused", kOfTruncation, truncation_is_refused},
    {"no_silent_corruption", kOfSilence, no_silent_corruption},
    {"sealed_corruption_is_explained", kOfExplaining, sealed_corruption_is_explained},
    {"what_is_written_is_safe", kOfSafety, what_is_written_is_safe},
    {"refusals_are_early", kOfRefusals, refusals_are_early},
};

}  // namespace

std::span<const PropertyOnLegs> properties_on_legs() {
  return kProperties;
}

}  // namespace revive::properties
