using System.Globalization;
using System.Net;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Distiller.Registry;

namespace Distiller.Tests.Cluster;

/// <summary>Real server processes, a real PostgreSQL, a real small night in a shared folder.</summary>
[Platform("Linux")]
internal sealed class A_cluster_over_PostgreSQL
{
    private const string Long = "It takes minutes; its figures are in tests/Distiller.Benchmarks/results.";

    private static readonly string[] Stages =
    [
        "collect",
        "reduce",
        "mine",
        "distill",
        "quantize",
        "evaluate",
        "publish",
    ];

    [Test]
    public async Task gives_each_step_to_a_machine_of_its_role_also_what_a_killed_one_left()
    {
        using var lab = new ClusterLab();
        lab.Start("a", "cpu");
        lab.Start("b", "gpu");
        var id = await lab.AskForNightAsync();
        await lab.UntilAsync(id, r => r is { Stage: "distill", Progress: > 0 });
        lab.Node("b").Kill();
        // Longer than it takes to be taken for dead: nobody else may train.
        await Task.Delay(TimeSpan.FromSeconds(12));
        (await lab.RunAsync(id)).Node.ShouldBe("b");
        lab.Restart("b");

        await lab.UntilAsync(id, r => r.State is RunState.Finished);
        var stages = await lab.Store.Stages.ListAsync(id);
        stages.Select(s => s.Name).ShouldBe(Stages);
        stages.Select(s => s.Node).ShouldBe(["a", "a", "a", "b", "a", "a", "a"]);
        stages.Select(s => s.Visits).ShouldBe([1, 1, 1, 2, 1, 1, 1]);
    }

    [TestCase(6, 7)]
    [TestCase(20, 7, Explicit = true, Reason = Long)]
    [TestCase(20, 8, Explicit = true, Reason = Long)]
    [TestCase(20, 9, Explicit = true, Reason = Long)]
    public async Task finishes_its_night_as_if_nobody_had_been_killed(int kills, int seed)
    {
        using var lab = new ClusterLab();
        var expected = AdapterHashes.Of(lab.Undisturbed());
        var began = TimeProvider.System.GetTimestamp();
        lab.Start("a");
        lab.Start("b");
        var id = await lab.AskForNightAsync();
        var killer = new Killer(lab, id, kills, seed);
        try
        {
            await killer.KillAsync(["a", "b"]);
        }
        finally
        {
            await TellAsync(killer.Records);
        }

        var run = await lab.UntilAsync(id, r => r.IsOver);
        run.State.ShouldBe(RunState.Finished, await lab.LogAsync(id));
        var stages = await lab.Store.Stages.ListAsync(id);
        await TestContext.Out.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:F0} s; visits: {string.Join(", ", stages.Select(s => $"{s.Name} {s.Visits}"))}"
            )
        );

        stages.Select(s => s.Name).ShouldBe(Stages);
        stages.ShouldAllBe(s => s.State == RunState.Finished && s.Outputs.Count == 1);
        stages.Sum(s => s.Visits).ShouldBeGreaterThan(Stages.Length);
        (await lab.Store.ListAsync(new RunQuery())).ShouldHaveSingleItem();
        using (var workspace = Workspace.OpenReadOnly(lab.Home))
        {
            foreach (var kind in workspace.Artifacts.Kinds())
            {
                workspace.Artifacts.List(kind).Count().ShouldBe(1, kind);
            }

            workspace.Artifacts.Unfinished().ShouldBeEmpty();
        }

        new ReleaseRegistry(lab.Registry, TimeProvider.System).List().ShouldHaveSingleItem();
        run.Figures!.Published.ShouldBeTrue();
        run.Figures.Episodes.ShouldBe(36);
        AdapterHashes.Of(lab.Home).ShouldBe(expected);

        lab.Node("a").Kill();
        lab.Node("b").Kill();
        await lab.UntilAsync(
            () => Task.FromResult(lab.Processes().Count == 0),
            () => $"orphans: {string.Join(", ", lab.Processes())}"
        );
    }

    [Test]
    public async Task starts_before_its_database_and_outlives_it_in_the_middle_of_a_night()
    {
        using var lab = new ClusterLab();
        using var web = new HttpClient();
        PostgresServer.Started.Stop();
        try
        {
            web.BaseAddress = await lab.Start("a").AddressAsync;
            HttpResponseMessage? ready = null;
            await lab.UntilAsync(async () =>
            {
                ready?.Dispose();
                ready = await web.GetAsync(new Uri("/readyz", UriKind.Relative));
                return (await ready.Content.ReadAsStringAsync()).Contains("scheduler", StringComparison.Ordinal);
            });
            ready!.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await ready.Content.ReadAsStringAsync()).ShouldContain("does not answer");
            ready.Dispose();
            (await web.GetStringAsync(new Uri("/healthz", UriKind.Relative))).ShouldBe("ok\n");
            using var page = await web.GetAsync(new Uri("/", UriKind.Relative));
            (await page.Content.ReadAsStringAsync()).ShouldContain("</html>");
        }
        finally
        {
            PostgresServer.Started.Start();
        }

        await UntilReadyAsync(lab, web);
        var id = await lab.AskForNightAsync();
        await lab.UntilAsync(id, r => r is { Stage: "distill", Progress: > 0 });
        PostgresServer.Started.Stop();
        try
        {
            await lab.UntilAsync(async () => await StatusAsync(web) is HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            PostgresServer.Started.Start();
        }

        await UntilReadyAsync(lab, web);
        await lab.UntilAsync(id, r => r.State is RunState.Finished);
        var stages = await lab.Store.Stages.ListAsync(id);
        stages.Select(s => s.Name).ShouldBe(Stages);
        stages.Select(s => s.Visits).ShouldAllBe(v => v == 1);
        stages.ShouldAllBe(s => s.State == RunState.Finished);
    }

    private static Task UntilReadyAsync(ClusterLab lab, HttpClient web) =>
        lab.UntilAsync(async () => await StatusAsync(web) is HttpStatusCode.OK);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient web)
    {
        using var answer = await web.GetAsync(new Uri("/readyz", UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task TellAsync(IReadOnlyList<KillRecord> records)
    {
        await TestContext.Out.WriteLineAsync(
            "| kill | step | stage under way | killed | at work | taken over by | after, s |"
        );
        await TestContext.Out.WriteLineAsync("|---|---|---|---|---|---|---|");
        foreach (var (number, k) in records.Index())
        {
            await TestContext.Out.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {number + 1} | {k.Step} | {(k.Stage.Length == 0 ? "(starting)" : k.Stage)} | {k.Node} | {(k.WasAtWork ? "yes" : "no")} | {k.TakenOverBy ?? "-"} | {(k.WasAtWork ? k.Took.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "-")} |"
                )
            );
        }
    }
}
