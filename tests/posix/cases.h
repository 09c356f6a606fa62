// What runs the cases and prints their lines, NAME -> RESULT.
#ifndef TESTS_POSIX_CASES_H_
#define TESTS_POSIX_CASES_H_

#include <functional>
#include <string>

#include "tests/posix/place.h"

namespace umsdk::posix {

class Cases {
 public:
  // Cases are made below `top`, an absolute path; of those of Call and Text each `every`-th.
  Cases(std::string top, int every) : top_(std::move(top)), every_(every) {}

  // The names of the following cases begin with `name`; it has a directory of its own.
  void Section(const std::string& name);

  // Runs `body` in a fresh directory. Its result is a system call's: "ok" or the name of the error.
  void Call(const std::string& name, const std::function<long(Place&)>& body);
  // The same with a result of any words.
  void Text(const std::string& name, const std::function<std::string(Place&)>& body);

  // The two halves of Text, for cases that need something to happen between them.
  std::string Enter();
  void Again(const std::string& directory) const;
  void Print(const std::string& name, const Place& place, const std::string& result) const;

  // Goes to the directory of the first case of a section that was run before; cases in it.
  void Reenter(const std::string& name);
  void InSame(const std::string& name, const std::function<long()>& body) const;

 private:
  const std::string top_;
  const int every_;
  std::string section_;
  int count_ = 0;
  int asked_ = 0;
};

void PathCases(Cases& cases);        // what names lead to, for every call that takes one
void OpenCases(Cases& cases);        // the flags of open
void RenameCases(Cases& cases);      // any kind of file renamed to any other
void LinkCases(Cases& cases);        // link, symlink, unlink, mkdir, rmdir: counts and contents
void SizeCases(Cases& cases);        // truncate and its like
void ModeCases(Cases& cases);        // what mode bits permit
void OwnerCases(Cases& cases);       // chmod and chown by owners and others
void StickyCases(Cases& cases);      // directories that protect the files of others
void SetTimeCases(Cases& cases);     // utimensat
void TimeCases(Cases& cases);        // which calls change which times
void BusyCases(Cases& cases);        // what is in use
void PrepareReadOnly(Cases& cases);  // makes what the next needs
void ReadOnlyCases(Cases& cases);    // on a file system mounted read-only

}  // namespace umsdk::posix

#endif  // TESTS_POSIX_CASES_H_
