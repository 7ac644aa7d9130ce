using Distiller.Benchmarks;

// dotnet run -c Release --project tests/Distiller.Benchmarks -- VERB [ARGUMENTS]
return args switch
{
    ["dashboard-scale", .. var rest] => await DashboardScale.RunAsync(rest),
    ["scheduler"] => await SchedulerOverhead.RunAsync(null),
    ["scheduler", var other] => await SchedulerOverhead.RunAsync(other),
    ["scheduler-blocks"] => await SchedulerOverhead.ServeAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        dashboard-scale [FOLDER] [EPISODES] [RUNS]
            Writes EPISODES (1,000,000) through EpisodeBatch and RUNS (10,000) through RunStore into FOLDER (a temporary
            one, removed; one that is given is kept and used again), measures the dashboard's pages over HTTP and what they
            ask of catalog and store, and prints tables for results/dashboard-scale.md.
        scheduler [OTHER.dll]
            Measures the scheduler beside plain Quartz over SQLite, in alternating blocks, and the start of a step's
            process, and prints a table for results/scheduler.md. OTHER.dll is another build's Distiller.Benchmarks.dll:
            its scheduler is measured between, in a process of its own.
        scheduler-blocks
            What the other build does: measures a block for each number of a round on standard input.
        """
    );
    return 2;
}
