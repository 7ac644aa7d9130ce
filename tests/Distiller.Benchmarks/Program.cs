using Distiller.Benchmarks;

// dotnet run -c Release --project tests/Distiller.Benchmarks -- VERB [ARGUMENTS]
return args switch
{
    ["dashboard-scale", .. var rest] => await DashboardScale.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        dashboard-scale [FOLDER] [EPISODES] [RUNS]
            Writes EPISODES (1,000,000) through EpisodeBatch and RUNS (10,000) through RunStore into FOLDER (a temporary
            one, removed; one that is given is kept and used again), measures what the dashboard asks of them, and prints a
            table for results/dashboard-scale.md.
        """
    );
    return 2;
}
