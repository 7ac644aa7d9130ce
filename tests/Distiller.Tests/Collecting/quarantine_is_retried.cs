using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

internal sealed class quarantine_is_retried
{
    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
    }

    [TearDown]
    public void Close()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void what_can_be_read_now_leaves_and_the_rest_stays_once()
    {
        var log = Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), "{\"cut", "[1]", Logs.Trial("b"));
        Logs.Collect(_workspace, log);
        var unchanged = QuarantineRetry.Run(_workspace, []);
        unchanged.ShouldBe(unchanged with { Records = 2, Released = 0, Remaining = 2, Episodes = 0 });

        Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), Logs.Trial("c"), "[1]", Logs.Trial("b"));
        var report = QuarantineRetry.Run(_workspace, [log]);
        report.ShouldBe(report with { Records = 2, Released = 1, Remaining = 1, Episodes = 1 });
        var left = _workspace.Quarantine.List().Single();
        left.Place.Line.ShouldBe(3);
        left.Reason.ShouldContain("not a JSON object");
        _workspace.Episodes.Count().Episodes.ShouldBe(3);
        _workspace.Quarantine.Count().ShouldBe(1);

        Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), Logs.Trial("c"), Logs.Trial("d"), Logs.Trial("b"));
        QuarantineRetry.Run(_workspace, []).Released.ShouldBe(1);
        _workspace.Quarantine.List().ShouldBeEmpty();
        QuarantineRetry.Run(_workspace, []).Records.ShouldBe(0);
        Logs.Collect(_workspace, log).Stored.ShouldBe(0, "collecting it again adds nothing");
    }

    [Test]
    public void other_files_and_files_that_are_gone_are_left_alone()
    {
        var one = Logs.Write(_folder, "one.jsonl", Logs.Trial("a"), "{\"cut");
        var two = Logs.Write(_folder, "two.jsonl", Logs.Trial("b"), "{\"cut");
        var gone = Logs.Write(_folder, "gone.jsonl", Logs.Trial("c"), "{\"cut");
        Logs.Collect(_workspace, one, two, gone);
        File.Delete(gone);
        Logs.Write(_folder, "one.jsonl", Logs.Trial("a"), Logs.Trial("d"));
        Logs.Write(_folder, "two.jsonl", Logs.Trial("b"), Logs.Trial("e"));

        QuarantineRetry.Run(_workspace, [one]).Episodes.ShouldBe(1);
        _workspace.Quarantine.List().Select(r => r.Place.File).ShouldBe([gone, two]);
        var rest = QuarantineRetry.Run(_workspace, []);
        rest.Missing.ShouldBe([gone]);
        (rest.Released, rest.Remaining, rest.Episodes).ShouldBe((1, 1, 1));
        _workspace.Quarantine.List().Single().Place.File.ShouldBe(gone);
        QuarantineRetry.Run(_workspace, [_folder["never.jsonl"]]).Records.ShouldBe(0);
    }

    [Test]
    public void episodes_belong_to_the_tenant_the_file_was_collected_for()
    {
        var log = Logs.Write(_folder, "trials.jsonl", "{\"cut");
        var session = Logs.Write(_folder, "session.jsonl", Logs.User("s", "1", "hello"), "{\"cut");
        Logs.Collect(_workspace, new CollectOptions { Tenant = "acme" }, session);
        Logs.Collect(_workspace, new CollectOptions { Tenant = "other" }, session);
        Logs.Collect(_workspace, log);
        _workspace.Quarantine.Count().ShouldBe(3, "the same line of two tenants is two records");
        Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"));
        Logs.Write(_folder, "session.jsonl", Logs.User("s", "1", "hello"), Logs.Assistant("s", "2", "m", "hi", 3));

        QuarantineRetry.Run(_workspace, []).Released.ShouldBe(3);
        _workspace
            .Episodes.Read()
            .Select(e => (e.Tenant, e.Turns.Count))
            .Order()
            .ShouldBe([("acme", 2), ("default", 1), ("other", 2)]);
    }

    [Test]
    public void records_of_an_earlier_version_are_read_and_retried()
    {
        var log = Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), "{\"cut");
        Logs.Collect(_workspace, log);
        var part = Directory.GetFiles(_folder["home/quarantine/parts"]).Single();
        using (var db = DuckDb.Open())
        {
            db.Execute(
                $"COPY (SELECT * EXCLUDE (tenant) FROM read_parquet({DuckDb.QuoteFiles([part])})) TO {DuckDb.Quote(part + ".old")} (FORMAT parquet)"
            );
        }

        File.Move(part + ".old", part, overwrite: true);
        _workspace.Quarantine.List().Single().Tenant.ShouldBeNull();
        Logs.Collect(_workspace, log).Quarantined.ShouldBe(1);
        _workspace.Quarantine.Count().ShouldBe(1, "it is the same record still");
        Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), Logs.Trial("b"));
        QuarantineRetry.Run(_workspace, [], new CollectOptions { Tenant = "acme" }).Released.ShouldBe(1);
        _workspace.Episodes.Read().Select(e => e.Tenant).Order().ShouldBe(["acme", "acme", "default"]);
    }

    [Test]
    public void a_retry_that_is_cancelled_changes_nothing()
    {
        var log = Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), "{\"cut");
        Logs.Collect(_workspace, log);
        Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), Logs.Trial("b"));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() =>
            QuarantineRetry.Run(_workspace, [], cancellation: cancelled.Token)
        );
        _workspace.Quarantine.Count().ShouldBe(1);
        _workspace.Episodes.Count().Episodes.ShouldBe(1);
        QuarantineRetry.Run(_workspace, []).Released.ShouldBe(1);
    }

    [Test]
    public void while_a_night_runs_the_second_writer_is_told_so()
    {
        Should
            .Throw<BadInputException>(() => Workspace.Open(_folder["home"]))
            .Message.ShouldContain("in use by process");
    }
}
