using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class duckdb_answers_questions
{
    [Test]
    public void texts_and_names_with_quotes_are_passed_unharmed()
    {
        using var db = DuckDb.Open();
        var text = "o'clock \" ; DROP TABLE x; --";
        db.Query<Said>($"SELECT {DuckDb.Quote(text)} AS text").Single().Text.ShouldBe(text);
        db.Execute($"CREATE TABLE {DuckDb.QuoteName("a\"b")} (x INT)");
        Should.Throw<ArgumentException>(() => DuckDb.Quote("a\0b"));
    }

    [Test]
    public void a_wrong_statement_throws_its_own_words()
    {
        using var db = DuckDb.Open();
        Should.Throw<DuckDbException>(() => db.Execute("SELECT * FROM nowhere")).Message.ShouldContain("nowhere");
        Should.Throw<DuckDbException>(() => db.Query<Said>("SELEC").ToList());
        Should
            .Throw<DuckDbException>(() => db.Query<Said>("SELECT 1 AS text").ToList())
            .Message.ShouldContain("VARCHAR");
        // It fails only after many rows were fetched.
        Should.Throw<DuckDbException>(() =>
            db.Query<Said>(
                    "SELECT (CASE WHEN i = 900000 THEN error('late') ELSE 'x' END) AS text FROM range(1000000) t(i)"
                )
                .LongCount()
        );
    }

    [Test]
    public void nothing_is_fetched_from_outside()
    {
        using var db = DuckDb.Open();
        Should.Throw<DuckDbException>(() => db.Query<Said>("SELECT * FROM 'https://localhost/x.parquet'").ToList());
    }

    [Test]
    public void rows_stream_in_bounded_memory()
    {
        using var db = DuckDb.Open(new DuckDbOptions(MemoryMiB: 128));
        // 4 GB if it were held whole.
        var rows = db.Query<Said>("SELECT repeat('x', 1000) || i AS text FROM range(4000000) t(i)");
        rows.Take(100_000).Sum(r => (long)r.Text.Length).ShouldBeGreaterThan(100_000_000);
    }

    private sealed record Said(string Text);
}
