using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard.Telemetry;

/// <summary>Nights in a store, as a scheduler would have left them.</summary>
internal static class Nights
{
    public static Run Over(string tenant, DateTimeOffset due, RunState state, RunFigures? figures = null) =>
        RunCommands.NewRun(tenant, DateOnly.FromDateTime(due.UtcDateTime), 1, "schedule", due) with
        {
            State = state,
            Reason = state == RunState.Failed ? "the base model is not there" : "done",
            Stage = "distill",
            Node = "n1",
            Started = due,
            Ended = due + TimeSpan.FromMinutes(20),
            Figures = figures,
        };

    public static RunFigures Figures(bool published) =>
        new()
        {
            Episodes = 1200,
            Quarantined = 7,
            Patterns = 31,
            TrainTokens = 50_000,
            Published = published,
            GateReasons = published ? [] : ["solved 3 of 40, control 30"],
            Arms =
            [
                new RunArmFigures("A0", 40, 10, 100, 400, 0.04),
                new RunArmFigures("A1", 40, 38, 2000, 2100.5, 0.21),
                new RunArmFigures("A3", 40, 37, 300, 320.25, 0.03),
            ],
        };

    public static TenantStatus Tenant(string name, DateTimeOffset? next) =>
        new(name, "/h", "/h/adapters", "/base.gguf", "01:30 every day, UTC", "UTC", "", next, false);

    /// <summary>A stage that began now and takes <paramref name="length"/>.</summary>
    public static async Task StageAsync(RunStore store, MovedClock clock, string run, string stage, TimeSpan length)
    {
        await store.Stages.BeganAsync(run, stage, "n1", []);
        clock.Move(length);
        await store.Stages.EndedAsync(run, stage, RunState.Finished, ["a/b"], "");
    }

    /// <summary>Something of everything that is measured.</summary>
    public static async Task FillAsync(RunStore store, MovedClock clock)
    {
        var now = clock.GetUtcNow();
        await store.Tenants.SetAsync([Tenant("acme", now + TimeSpan.FromHours(20)), Tenant("beta \"b\\\n", null)]);
        await store.Nodes.BeatAsync(new RunNode("n1", ["cpu", "gpu"], "0.1.0", now, now));
        await store.Nodes.BeatAsync(new RunNode("n2", ["cpu"], "0.1.0", now, now - TimeSpan.FromHours(1)));
        await store.AddAsync(Over("acme", now.AddDays(-3), RunState.Finished, Figures(published: true)));
        await store.AddAsync(Over("acme", now.AddDays(-2), RunState.Failed));
        await store.AddAsync(Over("acme", now.AddDays(-1), RunState.Finished, Figures(published: false)));
        await store.AddAsync(Over("beta \"b\\\n", now.AddDays(-1), RunState.Finished, Figures(published: true)));
        await store.AddAsync(RunCommands.NewRun("acme", DateOnly.FromDateTime(now.UtcDateTime), 1, "schedule", now));
        await StageAsync(store, clock, "acme-20260301", "mine", TimeSpan.FromSeconds(42));
        await StageAsync(store, clock, "acme-20260301", "distill", TimeSpan.FromMinutes(16));
    }
}
