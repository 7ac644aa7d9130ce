using System.Text.Json;
using Distiller.Lake;

namespace Distiller.Tests.Storing;

/// <summary>The former version bound DuckDB's C API by hand; what it wrote is committed.</summary>
internal sealed class a_workspace_of_the_former_version_is_read
{
    [Test]
    public void with_every_episode()
    {
        using var workspace = Workspace.OpenReadOnly(FormerWorkspace.Committed);
        var longer = FormerWorkspace.Longer.ToDictionary(e => e.Key, StringComparer.Ordinal);
        var expected = FormerWorkspace
            .First.Where(e => !FormerWorkspace.Gone.Contains(e.Id))
            .Select(e => longer.GetValueOrDefault(e.Key, e))
            .OrderBy(e => e.Id.Value, StringComparer.Ordinal)
            .ToList();

        var read = workspace.Episodes.Read().ToList();

        read.Count.ShouldBe(28);
        // The requests are told by many and counted for one of them.
        read.Select(WithoutRequests).ShouldBe(expected.Select(WithoutRequests));
        var asked = expected.Where(e => e.Requests.Count > 0).ToLookup(e => e.Format);
        read.Sum(e => e.Requests.Count).ShouldBe(asked.Count);
        workspace.Episodes.Unknown(FormerWorkspace.First.Select(e => e.Id)).ShouldBeEmpty();
    }

    [Test]
    public void with_its_quarantine_and_tables()
    {
        using var workspace = Workspace.OpenReadOnly(FormerWorkspace.Committed);
        workspace.Quarantine.List().ShouldBe(FormerWorkspace.Records);

        var rows = Path.Combine(FormerWorkspace.Committed, "rows.parquet");
        Same(ParquetFile.Read<FormerWorkspace.Row>(rows));
        Same(ParquetTable.Read<FormerWorkspace.Row>(rows));
        ParquetTable
            .Read<FormerWorkspace.Row>(Path.Combine(FormerWorkspace.Committed, "no-rows.parquet"))
            .ShouldBeEmpty();
        Json(ExampleFile.Read(Path.Combine(FormerWorkspace.Committed, "train.parquet")))
            .ShouldBe(Json(FormerWorkspace.Examples));
    }

    [Test]
    public void the_same_rows_still_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        FormerWorkspace.Write(folder.Path);

        // Rows of episodes have columns now that they had not then.
        var written = Files(folder.Path).FindAll(f => !f.StartsWith("episodes/", StringComparison.Ordinal));
        written.Count.ShouldBeGreaterThan(3);
        written.ShouldBe(
            Files(FormerWorkspace.Committed).FindAll(f => !f.StartsWith("episodes/", StringComparison.Ordinal))
        );
        foreach (var file in written)
        {
            File.ReadAllBytes(folder[file])
                .SequenceEqual(File.ReadAllBytes(Path.Combine(FormerWorkspace.Committed, file)))
                .ShouldBeTrue(file);
        }
    }

    [Test]
    public void and_is_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Files(FormerWorkspace.Committed))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.Copy(Path.Combine(FormerWorkspace.Committed, file), folder[file]);
        }

        using var workspace = Workspace.Open(folder.Path);
        using (var batch = workspace.Episodes.BeginBatch())
        {
            foreach (var known in FormerWorkspace.First.Concat(FormerWorkspace.Longer))
            {
                batch.Append(known).ShouldBe(AppendResult.Duplicate, known.Key);
            }

            batch.Append(Sample.Episode("new")).ShouldBe(AppendResult.Stored);
            batch.Commit();
        }

        workspace.Episodes.Count().Episodes.ShouldBe(29);
    }

    // Tables of stages are written by Parquet.Net now: other bytes, the same rows.
    private static List<string> Files(string home) =>
        [
            .. Directory
                .EnumerateFiles(home, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(home, f))
                .Where(f => f is not (".lock" or "train.parquet"))
                .Order(StringComparer.Ordinal),
        ];

    private static void Same(IEnumerable<FormerWorkspace.Row> rows) => Json(rows).ShouldBe(Json(FormerWorkspace.Rows));

    private static string WithoutRequests(Episode episode) =>
        JsonSerializer.Serialize(episode with { Requests = [] }, EpisodeJson.Options);

    private static IEnumerable<string> Json<T>(IEnumerable<T> rows) =>
        rows.Select(r => JsonSerializer.Serialize(r, Options)).ToList();

    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
