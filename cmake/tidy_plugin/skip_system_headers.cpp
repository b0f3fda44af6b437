// A plugin for clang-tidy 19 that keeps the checks out of system headers, where nothing is reported anyway.
//
// The checks visit what the translation unit's declaration holds, in that order; this one sees the unit itself first
// and leaves only our declarations to visit. Nine tenths of a unit are the standard library and GoogleTest, and those
// of a precompiled header are then not even read. Clang 21 does the same of itself.
#include <vector>

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang-tidy/ClangTidyModuleRegistry.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"

namespace revive {
namespace {

class SkipSystemHeaders : public clang::tidy::ClangTidyCheck {
 public:
  using ClangTidyCheck::ClangTidyCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& result) override {
    std::vector<clang::Decl*> ours;
    for (clang::Decl* const declaration : result.Context->getTranslationUnitDecl()->noload_decls()) {
      if (!result.SourceManager->isInSystemHeader(declaration->getLocation())) ours.push_back(declaration);
    }
    result.Context->setTraversalScope(ours);
  }
};

class Module : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    factories.registerCheck<SkipSystemHeaders>("revive-skip-system-headers");
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> kRegistered("revive", "Where clang-tidy looks");

}  // namespace
}  // namespace revive
