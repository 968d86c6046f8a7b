// Completion scripts, made from the command line's own description, so that they never say what the program does not know.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "usage.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

std::vector<CLI::App*> all_verbs(CLI::App& app) {
  return app.get_subcommands([](CLI::App*) { return true; });
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

// In single quotes of a shell.
std::string quoted(std::string text) {
  for (size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string bash(CLI::App& app) {
  std::string cases;
  for (const CLI::App* verb : all_verbs(app)) cases += fmt::format("    {}) words='{}' ;;\n", verb->get_name(), joined(options(*verb)));
  return fmt::format(
      "# recur completion bash > ~/.local/share/bash-completion/completions/recur\n"
      "_recur() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} words\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n"
      "{}"
      "    *) words= ;;\n"
      "  esac\n"
      "  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); else COMPREPLY=($(compgen -f -- \"$word\")); fi\n"
      "}}\n"
      "complete -o filenames -F _recur recur\n",
      joined(verbs(app)), cases);
}

std::string zsh(CLI::App& app) {
  std::string names, cases;
  for (CLI::App* verb : all_verbs(app)) {
    names += fmt::format("    {}\n", quoted(verb->get_name() + ":" + verb->get_description()));
    cases += fmt::format("    {}) compadd -- {} ;;\n", verb->get_name(), joined(options(*verb)));
  }
  return fmt::format(
      "#compdef recur\n"
      "# recur completion zsh > a file _recur in a directory of $fpath\n"
      "_recur() {{\n"
      "  local -a verbs=(\n{}  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  if [[ $words[CURRENT] != -* ]]; then\n"
      "    _files\n"
      "    return\n"
      "  fi\n"
      "  case $words[2] in\n{}  esac\n"
      "}}\n"
      "compdef _recur recur\n",
      names, cases);
}

std::string fish(CLI::App& app) {
  std::string text = "# recur completion fish > ~/.config/fish/completions/recur.fish\n";
  for (CLI::App* verb : all_verbs(app)) {
    text += fmt::format("complete -c recur -n __fish_use_subcommand -f -a {} -d {}\n", verb->get_name(), quoted(verb->get_description()));
    for (const CLI::Option* option : verb->get_options())
      for (const std::string& name : option->get_lnames())
        text += fmt::format("complete -c recur -n '__fish_seen_subcommand_from {}' -l {} -d {}\n", verb->get_name(), name, quoted(option->get_description()));
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app, Action& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "completion of the command line for a shell");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->footer("Example:\n  source <(recur completion bash)");
  verb->callback([shell, &app, &chosen] {
    chosen = [shell, &app] {
      fmt::print("{}", *shell == "bash" ? bash(app) : *shell == "zsh" ? zsh(app) : fish(app));
      return kOk;
    };
  });
}

}  // namespace recur::tool
