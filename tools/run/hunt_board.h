// What the jobs of a hunt share: which case comes next, which sites were met, and what became of them.
//
// A site is claimed by the first case that shows it; others of the key are counted where it ends up. Claimed sites wait
// until there is time to shrink one, and then it is the turn of the family that was looked at least: a family is what
// sites have in common whatever the class ("data_format" of a layer, a message), so that one cause in forty classes
// does not keep forty others waiting. Every function may be called from several threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "revive/properties/hunt/generate_program.h"
#include "revive/tools/run/hunt_session.h"
#include "revive/tools/run/hunt_turns.h"

namespace revive::tools {

// A site and the case that showed it first.
struct HuntMet {
  properties::hunt::Site site;
  std::uint64_t number = 0;
  std::vector<std::uint64_t> choices;
  // The sites of one case most often have one cause, so the first of each case goes before all the others.
  bool first_of_case = false;
  // The program has a spelling that is in the way of most others (a NumPy number, an array).
  bool noisy = false;
  // Shrunk, it may turn out to be one of the list: what cannot comes first.
  bool likely_known = false;
  // Takes ten times as long to shrink as an object.
  bool is_model = false;
  std::string family = {};
};

// "keras.layers data_format", "load raises TypeError: _ not supported between instances of _ and _".
std::string family_of(const properties::hunt::Site& site);

class HuntBoard {
 public:
  HuntBoard(const HuntOptions& options, const properties::hunt::Catalogue& catalogue,
            const std::function<void(const properties::hunt::Finding&)>& done);

  // Read and written by one thread, or after all jobs are done.
  HuntReport report;

  // The number of the next case; false where there is none.
  bool next(std::uint64_t& number);
  properties::hunt::Program make(properties::Choices& choices, std::uint64_t number) const;
  static bool knows(std::uint64_t number) { return HuntTurns::knows(number); }
  void count(const properties::hunt::Program& program, const Value& answer,
             const std::vector<properties::hunt::Dropped>& dropped);

  // Whether claim() would take it.
  bool is_new(const properties::hunt::Site& site, const properties::hunt::Program& program, std::uint64_t number);
  // Whether this site is to be shrunk; if not, it has been counted where it belongs.
  bool claim(const properties::hunt::Site& site, const properties::hunt::Program& program, std::uint64_t number);
  void wait(HuntMet met);
  // The next site to shrink, once there is time for it: a run that counts its cases takes the time it needs.
  std::optional<HuntMet> next_met();
  // What is left when time is up.
  std::vector<std::string> waiting();

  // The shrunk case of a claimed site, and all the sites that its program shows.
  void add(const properties::hunt::Finding& finding, const std::vector<properties::hunt::Site>& shown);
  // Whether a finding or the list of known failures has the key.
  bool has(const std::string& key);
  void add_unconfirmed(const properties::hunt::Site& site);
  // A case of which the worker gave no answer.
  void add_not_judged(const std::string& why);
  void add_confirming(double seconds);
  void add_shrinking(double seconds);
  double elapsed() const;
  // Whether whoever runs the hunt wants it to end.
  bool is_interrupted() const;
  const HuntOptions& options() const { return options_; }

 private:
  static constexpr std::size_t kNobody = SIZE_MAX;

  // Nothing is begun any more.
  bool is_over() const;
  void note_refusal(const properties::hunt::Statement& statement, const std::string& error);
  // The key of the list, or of a finding, that may explain the site; empty: there is none.
  std::string explanation(const properties::hunt::Site& site, const properties::hunt::Program& program,
                          std::uint64_t number) const;
  // Whether anything in the program would make a failure of the list of it.
  bool may_be_known(const properties::hunt::Site& site, const properties::hunt::Program& program) const;
  // Counts it there.
  bool is_explained(const properties::hunt::Site& site, const properties::hunt::Program& program, std::uint64_t number);
  // What was found in the meantime may be what was met here.
  bool still_stands(const HuntMet& met);
  void count_again(std::size_t place, const properties::hunt::Site& site);

  const HuntOptions& options_;
  const HuntTurns turns_;
  const std::function<void(const properties::hunt::Finding&)>& done_;
  std::mutex mutex_;
  std::uint64_t next_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::unordered_map<std::string, std::size_t> owner_;
  std::vector<HuntMet> waiting_;
  // Family -> how many of its sites were taken to be shrunk.
  std::unordered_map<std::string, std::size_t> taken_;
};

}  // namespace revive::tools
