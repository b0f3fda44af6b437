// How a lambda was written, kept beside the graph that it is.
//
// metadata.json, which Keras never reads, holds {"revive": {"lambdas": {<layer path>: annotation}}}, an annotation
// being
// {"text": ..., "captures": {...}, "lowering": kLoweringVersion, "digest": graph_digest(...)}, and for a text that asks
// for the shape or dtype of its input {"input": {"shape": [null, 4], "dtype": "float32"}} as well.
#pragma once

#include <string>

#include "model/error.h"
#include "model/expression.h"
#include "model/limits.h"
#include "model/value.h"

namespace revive {

// SHA-256 of the graph's canonical JSON: equal graphs have equal digests, whatever their input.
std::string graph_digest(const Graph& graph);

// REQUIRES: expression.annotation has a value.
Value annotation_to_value(const Expression& expression);

// The graph with its annotation. Refuses (graph_annotation) an annotation of this lowering version that does not belong
// to the graph: another digest, or text and captures that give another graph. One of another version cannot be judged
// and is left off; the graph is the lambda either way.
Result<Expression> annotate(Graph graph, const Value& annotation, const std::string& place, const Limits& limits = {});

}  // namespace revive
