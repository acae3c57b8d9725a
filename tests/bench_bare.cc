// bench_bare tokenise FOLDER | index DATABASE FOLDER | search DATABASE QUERY
//
// The peer that the targets name "a bare program linked with libxapian": what Xapian does by
// itself, with its own term generator, query parser and snippets, and nothing of ours. It is C++
// outside the shim because linking it through the shim would measure the shim. Without arguments it
// is a CGI program: q of the query string, in the database of BENCH_DATABASE.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <xapian.h>

namespace
{

constexpr std::size_t SAMPLE = 512; // bytes kept of a page for its snippet: as many as Omega keeps

std::string read_file(const std::filesystem::path &path)
{
	std::ifstream file(path, std::ios::binary);
	std::ostringstream text;
	text << file.rdbuf();
	return text.str();
}

// Calls take(path, text) with every Markdown file.
template <class Take> void each_file(const char *folder, Take take)
{
	for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
		if (entry.path().extension() == ".md")
			take(entry.path().string(), read_file(entry.path()));
	}
}

Xapian::Document make_document(Xapian::TermGenerator &generator, const std::string &path,
			       const std::string &text)
{
	Xapian::Document document;
	generator.set_document(document);
	generator.set_termpos(0);
	generator.index_text(text);
	document.set_data(path + "\n" + text.substr(0, SAMPLE));
	return document;
}

int tokenise(const char *folder)
{
	Xapian::TermGenerator generator;
	std::size_t terms = 0;
	generator.set_stemmer(Xapian::Stem("en"));
	each_file(folder, [&](const std::string &path, const std::string &text) {
		terms += make_document(generator, path, text).termlist_count();
	});
	std::cout << terms << " terms\n";
	return 0;
}

int index(const char *where, const char *folder)
{
	Xapian::WritableDatabase database(where, Xapian::DB_CREATE_OR_OVERWRITE);
	Xapian::TermGenerator generator;
	generator.set_stemmer(Xapian::Stem("en"));
	each_file(folder, [&](const std::string &path, const std::string &text) {
		database.add_document(make_document(generator, path, text));
	});
	database.commit();
	std::cout << database.get_doccount() << " documents\n";
	return 0;
}

// Ten hits with a snippet each.
void answer(const char *where, const std::string &typed)
{
	Xapian::Database database(where);
	Xapian::QueryParser parser;
	Xapian::Stem stem("en");
	parser.set_database(database);
	parser.set_stemmer(stem);
	parser.set_stemming_strategy(parser.STEM_SOME);
	parser.set_default_op(Xapian::Query::OP_AND);
	Xapian::Enquire enquire(database);
	enquire.set_query(parser.parse_query(typed, parser.FLAG_DEFAULT | parser.FLAG_WILDCARD));
	Xapian::MSet hits = enquire.get_mset(0, 10);
	std::cout << "<p>" << hits.get_matches_estimated() << "</p>\n";
	for (auto hit = hits.begin(); hit != hits.end(); ++hit) {
		std::string data = hit.get_document().get_data();
		std::size_t line = data.find('\n');
		std::cout << "<p>" << data.substr(0, line) << "<br>"
			  << hits.snippet(data.substr(line + 1), 200, stem) << "</p>\n";
	}
}

// The value of q=, its %XX and + read.
std::string query_of(const std::string &line)
{
	std::string typed;
	std::size_t start = line.find("q=");
	for (std::size_t i = start == line.npos ? line.size() : start + 2;
	     i < line.size() && line[i] != '&'; i++) {
		if (line[i] == '%' && i + 2 < line.size()) {
			typed += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
			i += 2;
		} else {
			typed += line[i] == '+' ? ' ' : line[i];
		}
	}
	return typed;
}

int serve()
{
	const char *where = std::getenv("BENCH_DATABASE"), *line = std::getenv("QUERY_STRING");
	std::cout << "Content-Type: text/html; charset=utf-8\n\n<!DOCTYPE html><title>.</title>\n";
	answer(where ? where : "", query_of(line ? line : ""));
	return 0;
}

int run(int argc, char **argv)
{
	std::string mode = argc > 1 ? argv[1] : "";
	if (argc == 1)
		return serve();
	if (mode == "tokenise" && argc == 3)
		return tokenise(argv[2]);
	if (mode == "index" && argc == 4)
		return index(argv[2], argv[3]);
	if (mode == "search" && argc == 4) {
		answer(argv[2], argv[3]);
		return 0;
	}
	std::cerr << "usage: bench_bare tokenise FOLDER | index DATABASE FOLDER | "
		     "search DATABASE QUERY\n";
	return 2;
}

} // namespace

int main(int argc, char **argv)
{
	try {
		return run(argc, argv);
	} catch (const Xapian::Error &e) {
		std::cerr << "bench_bare: " << e.get_description() << "\n";
	} catch (const std::exception &e) {
		std::cerr << "bench_bare: " << e.what() << "\n";
	}
	return 2;
}
