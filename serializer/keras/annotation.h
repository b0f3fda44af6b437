// How a lambda was written, kept beside the graph that it is.
//
// metadata.json, which Keras never reads, holds {"revive": {"lambdas": {<layer path>: annotation}}}, an annotation
// being
// {"text": ..., "captures": {...}, "lowering": Annotation::lowering, "digest": graph_digest(...)}, and for a text that
// asks for the shape or dtype of its input {"input": {"shape": [null, 4], "dtype": "float32"}} as well.
#pragma once

#include <optional>
#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {

// SHA-256 of the graph's canonical JSON: equal graphs have equal digests, whatever their input.
std::string graph_digest(const Graph& graph);

// REQUIRES: expression.annotation has a value.
Value annotation_to_value(const LambdaFunction& expression);

// The graph with its annotation; the graph is the lambda either way. Refuses (graph_annotation) an annotation of this
// lowering version that does not belong to the graph: another digest, or text and captures that give another graph. One
// of an older version is kept where its text gives this graph, or gives the same bits for a small fixed probe of type
// `input`; else, and from a newer version, it is left off.
Result<LambdaFunction> annotate(Graph graph, const Value& annotation, const std::string& place,
                                const Limits& limits = {}, const std::optional<TensorType>& input = {});

}  // namespace revive
