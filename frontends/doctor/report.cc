#include "frontends/doctor/report.h"

#include "frontends/doctor/explain.h"
#include "frontends/text/json.h"

namespace umsdk::frontends {
namespace {

constexpr size_t kNameWidth = 22;

std::string Padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string AnswerText(const Answer& answer) {
  const Finding& finding = answer.finding;
  std::string text = Padded(answer.probe->name, kNameWidth) + (finding.yes ? "yes  " : "no   ");
  if (finding.error != 0) text += ErrnoName(finding.error) + ": ";
  text += finding.detail + "\n";
  if (!finding.remedy.empty()) {
    text += std::string(kNameWidth + 5, ' ') + "remedy: " + finding.remedy + "\n";
  }
  return text;
}

std::string AnswerJson(const Answer& answer) {
  const Finding& finding = answer.finding;
  JsonObject object;
  object.Add("name", answer.probe->name).Add("meaning", answer.probe->meaning);
  object.Add("yes", finding.yes);
  finding.error != 0 ? object.Add("errno", ErrnoName(finding.error)) : object.AddNull("errno");
  object.Add("detail", finding.detail);
  finding.remedy.empty() ? object.AddNull("remedy") : object.Add("remedy", finding.remedy);
  return object.ToString();
}

}  // namespace

std::string DiagnosisText(const Diagnosis& diagnosis) {
  std::string text = "Linux " + diagnosis.host.kernel + "\n\n";
  for (const Answer& answer : diagnosis.answers) text += AnswerText(answer);
  if (!diagnosis.engine.empty()) {
    return text + "\numview works here: --engine=auto takes " + diagnosis.engine + ".\n";
  }
  return text + "\numview does not work here: " + diagnosis.no_engine + ".\n";
}

std::string DiagnosisJson(const Diagnosis& diagnosis) {
  std::string answers;
  for (const Answer& answer : diagnosis.answers) {
    answers += (answers.empty() ? "" : ",") + AnswerJson(answer);
  }
  JsonObject object;
  object.Add("works", !diagnosis.engine.empty());
  if (diagnosis.engine.empty()) {
    object.AddNull("engine").Add("why", diagnosis.no_engine);
  } else {
    object.Add("engine", diagnosis.engine).AddNull("why");
  }
  return object.Add("kernel", diagnosis.host.kernel)
      .AddRaw("answers", "[" + answers + "]")
      .ToString();
}

}  // namespace umsdk::frontends
