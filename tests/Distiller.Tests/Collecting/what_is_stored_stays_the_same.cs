using Distiller.Lake;
using Distiller.Logs.Formats;

namespace Distiller.Tests.Collecting;

/// <summary>
/// The golden output of collecting: made-up logs of every format and what an earlier build stored of them. Where it changes,
/// logs collected before and after are different episodes, so a change must be meant.
/// </summary>
internal sealed class what_is_stored_stays_the_same
{
    private static readonly string Golden = Path.Combine(
        Repository.Root,
        "tests",
        "Distiller.Tests",
        "Collecting",
        "golden"
    );

    [Test]
    public void counts_and_ids_and_requests()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var samples = Path.Combine(Repository.Root, "data", "samples", "episodes.jsonl");

        var report = Logs.Collect(workspace, Path.Combine(Golden, "logs"), samples);

        report.Formats.Keys.Order().ShouldBe(LogFormats.All.Select(f => f.Name).Order(), "each has a golden log");
        var formats = report.Formats.Select(f =>
            $"{f.Key}: {f.Value.Records} records, {f.Value.Stored} stored, {f.Value.Duplicates} duplicates, "
            + $"{f.Value.Quarantined} quarantined, {f.Value.Episodes} episodes, {f.Value.Turns} turns, "
            + $"{f.Value.Requests} requests, {f.Value.Usage.Input}/{f.Value.Usage.CacheRead}/"
            + $"{f.Value.Usage.CacheWrite}/{f.Value.Usage.Output} tokens"
        );
        var episodes = workspace
            .Episodes.Read()
            .Select(e =>
                $"{e.Id} {e.Format} {e.Key}: {e.Requests.Count} requests, "
                + $"{e.Usage.Input}/{e.Usage.CacheRead}/{e.Usage.CacheWrite}/{e.Usage.Output} tokens"
            );
        var expected = Path.Combine(Golden, "expected.txt");
        if (Environment.GetEnvironmentVariable(Repeating.GoldenOutput.RecordVariable) is "1")
        {
            File.WriteAllLines(expected, formats.Concat(episodes));
        }

        formats.Concat(episodes).ShouldBe(File.ReadAllLines(expected));
    }
}
