// sweep.sqlite: two tables, typed, with the id of the run as the key.

#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "refusal.hpp"
#include "sweep_summary.hpp"

namespace induction {
namespace {

using Type = SummaryColumn::Type;

const char* type_text(Type type) { return type == Type::text ? "TEXT" : type == Type::real ? "REAL" : "INTEGER"; }

std::string columns_text(const std::vector<SummaryColumn>& columns, const std::string& before) {
  std::string text = before;
  for (const SummaryColumn& column : columns) text += (text.empty() ? "\"" : ", \"") + column.name + "\" " + type_text(column.type);
  return text;
}

std::string marks_text(size_t n) {
  std::string text = "?";
  while (--n > 0) text += ", ?";
  return text;
}

// One database that is being made; every fault becomes a sentence.
class Database {
 public:
  Database(const std::string& file, std::string shown) : shown_(std::move(shown)) {
    check(sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
    // The file is thrown away when anything fails, so it needs no journal.
    run("PRAGMA journal_mode = OFF");
  }
  ~Database() { sqlite3_close_v2(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const std::string& sql) { check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr)); }

  using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;
  Statement prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr));
    return {statement, sqlite3_finalize};
  }

  void bind(const Statement& statement, int place, const Json& value) {
    if (value.is_null())
      check(sqlite3_bind_null(statement.get(), place));
    else if (value.is_boolean())
      check(sqlite3_bind_int(statement.get(), place, value.get<bool>() ? 1 : 0));
    else if (value.is_number_integer())
      check(sqlite3_bind_int64(statement.get(), place, value.get<int64_t>()));
    else if (value.is_number())
      check(sqlite3_bind_double(statement.get(), place, value.get<double>()));
    else
      check(sqlite3_bind_text(statement.get(), place, value.get_ref<const std::string&>().c_str(), -1, SQLITE_TRANSIENT));
  }

  void add(const Statement& statement) {
    if (sqlite3_step(statement.get()) != SQLITE_DONE) fail();
    check(sqlite3_reset(statement.get()));
  }

 private:
  void check(int status) {
    if (status != SQLITE_OK) fail();
  }
  [[noreturn]] void fail() {
    refuse(induction::in_quotes(shown_) + " cannot be written: " + (handle_ ? sqlite3_errmsg(handle_) : "there is not enough memory"));
  }

  std::string shown_;
  sqlite3* handle_ = nullptr;
};

void fill(Database& database, const EachRow& each_row) {
  const auto& columns = summary_columns();
  const auto& of_head = head_columns();
  database.run("BEGIN");
  database.run("CREATE TABLE runs (" + columns_text(columns, "") + ", PRIMARY KEY (id)) WITHOUT ROWID");
  database.run("CREATE TABLE heads (" + columns_text(of_head, "run TEXT REFERENCES runs (id)") +
               ", PRIMARY KEY (run, layer, head)) WITHOUT ROWID");
  const auto run = database.prepare("INSERT INTO runs VALUES (" + marks_text(columns.size()) + ")");
  const auto head = database.prepare("INSERT INTO heads VALUES (" + marks_text(of_head.size() + 1) + ")");
  each_row([&](const Json& line) {
    for (size_t i = 0; i < columns.size(); ++i) database.bind(run, static_cast<int>(i) + 1, columns[i].value(line));
    database.add(run);
    for (const Json& entry : line["heads"]) {
      database.bind(head, 1, line["id"]);
      for (size_t i = 0; i < of_head.size(); ++i) database.bind(head, static_cast<int>(i) + 2, of_head[i].value(entry));
      database.add(head);
    }
  });
  database.run("COMMIT");
}

}  // namespace

void write_sqlite(const std::string& path, const EachRow& each_row) {
  const std::filesystem::path target(path);
  const std::string temporary = (target.parent_path() / ("." + target.filename().string() + ".partial")).string();
  ::unlink(temporary.c_str());  // left behind by a process that was killed
  try {
    {
      Database database(temporary, path);
      fill(database, each_row);
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) refuse(in_quotes(path) + " cannot be written");
  } catch (const Refusal&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace induction
