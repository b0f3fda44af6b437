#include "revive/serializer/keras/refused_classes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace revive {
namespace {

constexpr std::string_view kMerges = "it merges several inputs, and in a stack each layer has one";
constexpr std::string_view kAttends = "it attends from one input to another, and in a stack each layer has one";
constexpr std::string_view kRunsCode = "it runs code of another library, which no archive holds";
constexpr std::string_view kLooksUp = "it looks text or ids up in a vocabulary";
constexpr std::string_view kHashes = "it hashes text or ids";
constexpr std::string_view kHears = "it makes a spectrogram of a sound";
constexpr std::string_view kRecolors = "it computes new colours from those of the whole image";

constexpr std::array kClasses = {
    std::pair{std::string_view("Add"), kMerges},
    std::pair{std::string_view("AdditiveAttention"), kAttends},
    std::pair{std::string_view("Attention"), kAttends},
    std::pair{std::string_view("Average"), kMerges},
    std::pair{std::string_view("Concatenate"), kMerges},
    std::pair{std::string_view("ContrastLimitedAdaptiveHistogramEqualization"), kRecolors},
    std::pair{std::string_view("Dot"), kMerges},
    std::pair{std::string_view("Equalization"), kRecolors},
    std::pair{std::string_view("FlaxLayer"), kRunsCode},
    std::pair{std::string_view("GroupQueryAttention"), kAttends},
    std::pair{std::string_view("HashedCrossing"), kHashes},
    std::pair{std::string_view("Hashing"), kHashes},
    std::pair{std::string_view("IntegerLookup"), kLooksUp},
    std::pair{std::string_view("JaxLayer"), kRunsCode},
    std::pair{std::string_view("Maximum"), kMerges},
    std::pair{std::string_view("MaxNumBoundingBoxes"),
              std::string_view("it counts bounding boxes, and a stack has none")},
    std::pair{std::string_view("MelSpectrogram"), kHears},
    std::pair{std::string_view("Minimum"), kMerges},
    std::pair{std::string_view("MultiHeadAttention"), kAttends},
    std::pair{std::string_view("Multiply"), kMerges},
    std::pair{std::string_view("Pipeline"), std::string_view("it holds layers that it may call in ways of its own")},
    std::pair{std::string_view("RandomCrop"),
              std::string_view("what it gives when predicting has another shape than it says")},
    std::pair{std::string_view("STFTSpectrogram"), kHears},
    std::pair{std::string_view("StringLookup"), kLooksUp},
    std::pair{std::string_view("Subtract"), kMerges},
    std::pair{std::string_view("TFSMLayer"), kRunsCode},
    std::pair{std::string_view("TextVectorization"), std::string_view("it cuts text into words and looks them up")},
    std::pair{std::string_view("TorchModuleWrapper"), kRunsCode},
};

}  // namespace

std::string_view what_it_is(std::string_view class_name) {
  const auto found = std::ranges::find(kClasses, class_name, [](const auto& each) { return each.first; });
  return found == kClasses.end() ? std::string_view() : found->second;
}

}  // namespace revive
