using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Cluster;

/// <summary>
/// Kills one of two machines again and again while they share a night: at random moments, spread over its steps, mostly the
/// one at work. Half of the killed ones come back at once, the others when the night has gone on without them.
/// </summary>
internal sealed class Killer(ClusterLab lab, string run, int kills, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<KillRecord> _records = [];

    private int Preparing => kills / 4;

    private int Training => kills / 2;

    public IReadOnlyList<KillRecord> Records => _records;

    public async Task KillAsync(IReadOnlyList<string> names)
    {
        while (_records.Count < kills)
        {
            var quota = Quota();
            var met = await lab.UntilAsync(run, r => r.IsOver || (r.State is RunState.Running && quota(r.Step)));
            met.IsOver.ShouldBeFalse($"the night was over after {_records.Count} kills");
            await PauseAsync(met);
            var victim = _random.NextDouble() < 0.8 ? met.Node! : names.First(n => n != met.Node);
            await KillAsync(victim);
        }
    }

    private async Task KillAsync(string victim)
    {
        var stages = await StagesAsync();
        lab.Node(victim).Kill();
        var killed = TimeProvider.System.GetTimestamp();
        var left = await lab.RunAsync(run);
        var wasAtWork = left.Node == victim && left.State is RunState.Running;
        var returnsAtOnce = _random.NextDouble() < 0.5;
        if (returnsAtOnce || !wasAtWork)
        {
            lab.Restart(victim);
        }

        var next = wasAtWork ? await lab.UntilAsync(run, r => r.Updated > left.Updated) : null;
        _records.Add(
            new KillRecord(
                left.Step,
                stages.LastOrDefault(s => s.State is RunState.Running)?.Name ?? "",
                victim,
                wasAtWork,
                next?.Node,
                TimeProvider.System.GetElapsedTime(killed)
            )
        );
        if (lab.Node(victim).HasExited)
        {
            lab.Restart(victim);
        }
    }

    /// <summary>A quarter of the kills while it prepares, half while it trains, the rest while it judges.</summary>
    private Func<RunStep, bool> Quota()
    {
        var least =
            _records.Count < Preparing ? RunStep.Prepare
            : _records.Count < Preparing + Training ? RunStep.Train
            : RunStep.Judge;
        return step => step >= least;
    }

    /// <summary>
    /// A random while; mostly from the moment at which a stage is under way, else from the start of the step's process. It
    /// ends early where the step would be over before its share of the kills, however fast the machine is.
    /// </summary>
    private async Task PauseAsync(Run met)
    {
        // What is left of the last step then is short, and must not slip away.
        var isLast = (await StagesAsync()).Any(s => s is { Name: "evaluate", State: RunState.Finished });
        if (!isLast && _random.NextDouble() < 0.8)
        {
            await lab.UntilAsync(async () =>
                (await lab.RunAsync(run)).Updated != met.Updated
                || (await StagesAsync()).Any(s => s.State is RunState.Running)
            );
        }

        var most = met.Step switch
        {
            RunStep.Train => 5,
            RunStep.Prepare => 1.5,
            _ => isLast ? 0.5 : 0.7,
        };
        var pause = TimeSpan.FromSeconds(_random.NextDouble() * most);
        var began = TimeProvider.System.GetTimestamp();
        await lab.UntilAsync(async () =>
            TimeProvider.System.GetElapsedTime(began) >= pause || await IsAlmostOverAsync(met.Step)
        );
    }

    private async Task<bool> IsAlmostOverAsync(RunStep step)
    {
        var now = await lab.RunAsync(run);
        if (now.Step != step || now.IsOver)
        {
            return true;
        }

        if (step is RunStep.Train)
        {
            var number = _records.Count - Preparing + 1;
            return now.Stage == "distill" && now.Progress >= (double)number / (Training + 1);
        }

        var last = step is RunStep.Prepare ? "mine" : "publish";
        return (await StagesAsync()).Any(s => s.Name == last && s.State is RunState.Running);
    }

    private Task<IReadOnlyList<RunStage>> StagesAsync() => lab.Store.Stages.ListAsync(run);
}
