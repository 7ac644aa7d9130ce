using Distiller.Benchmarks;
using Distiller.Benchmarks.Edge;

// dotnet run -c Release --project tests/Distiller.Benchmarks -- VERB [ARGUMENTS]
return args switch
{
    ["dashboard-scale", .. var rest] => await DashboardScale.RunAsync(rest),
    ["day", "make", var home, var episodes] => DayScale.Make(
        home,
        int.Parse(episodes, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["day", "night", var home, var model] => DayScale.Night(home, model, null),
    ["day", "night", var home, var model, var log] => DayScale.Night(home, model, log),
    ["edge-equality", var registry, var model, var company] => await EdgeEquality.RunAsync(
        registry,
        model,
        long.Parse(company, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["edge-drift", var registry, var model, var company, var drift] => await EdgeDrift.RunAsync(
        registry,
        model,
        long.Parse(company, System.Globalization.CultureInfo.InvariantCulture),
        int.Parse(drift, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["edge-freezing", var model] => await EdgeFreezing.RunAsync(model),
    ["edge-memory", var model, var kind, var count] => EdgeMemory.Run(
        model,
        kind,
        int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["edge-soak", var model, var minutes, .. var adapters] => await EdgeSoak.RunAsync(
        model,
        double.Parse(minutes, System.Globalization.CultureInfo.InvariantCulture),
        adapters
    ),
    ["edge-swap", var model] => await EdgeSwap.RunAsync(model),
    ["edge-routing", var home, var model, var company, var prices, var work] => EdgeRouting.Run(
        home,
        model,
        company,
        prices,
        work
    ),
    ["edge-serving", var model] => await EdgeServing.RunAsync(model, isCompared: false),
    ["edge-serving", var model, "compare"] => await EdgeServing.RunAsync(model, isCompared: true),
    ["edge-state", var model] => EdgeStates.Run(model),
    ["edge", var model, .. var adapters] => EdgeSpeed.Run(model, adapters),
    ["growth", var folder, var model, .. var sizes] => await Growth.RunAsync(folder, model, sizes),
    [Growth.ChildVerb, var home, var model] => Growth.Night(home, model),
    ["gpu-bench", var shape, var device, var steps, var peak, var checkpointing] => GpuBench.Run(
        shape,
        device,
        int.Parse(steps, System.Globalization.CultureInfo.InvariantCulture),
        double.Parse(peak, System.Globalization.CultureInfo.InvariantCulture),
        bool.Parse(checkpointing)
    ),
    ["lake", var part, var home, var episodes] => LakeScale.Run(
        part,
        home,
        int.Parse(episodes, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["teacher", var model, var examples, var rounds] => TeacherSpeed.Run(
        model,
        int.Parse(examples, System.Globalization.CultureInfo.InvariantCulture),
        int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["training-step", _, _, _, _, ..] => TrainingStep.Run(args[1..]),
    ["training-step-child", _, _, _, _] => TrainingStepChild.Run(args[1..]),
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
        day make HOME EPISODES
        day night HOME BASE.gguf [LOG]
            Makes a workspace of EPISODES and the log of one day more, HOME/new-day.jsonl; collects LOG, reduces and mines
            HOME, and prints seconds and the peak of memory for results/new-day.md.
        edge BASE [ADAPTER...]
            Measures processor time per token of a chat model in the edge runtime, one thread, with and without adapters (random
            ones where none is given), and prints a table for results/edge-serving.md.
        edge-equality REGISTRY BASE.gguf COMPANY
            Works the tickets of COMPANY by the evaluation's runner and through 'edge serve', with the latest release of
            REGISTRY, and counts the tickets whose answers are equal.
        edge-drift REGISTRY BASE.gguf COMPANY DRIFT
            Works the tickets of COMPANY after DRIFT rules changed through 'edge serve', with the latest release of REGISTRY,
            with the document as it stands and without.
        edge-freezing BASE.gguf
            Measures going on with a conversation through the engine: from memory, from the disk after a restart, computed again.
        edge-memory BASE.gguf adapters|merged COUNT
            Measures the memory of a base with COUNT adapters, or of COUNT merged models, in a process of its own.
        edge-soak BASE.gguf MINUTES ADAPTER ADAPTER [ADAPTER...]
            Serves eight clients under swaps every 20 s, then 1,000 requests whose clients leave, and counts what went wrong.
        edge-swap BASE.gguf
            Measures what a new release costs those who are being answered.
        edge-routing HOME BASE.gguf COMPANY PRICES WORK
            Lets the adapter of the night in HOME and the base with the handbook work the tickets of COMPANY (finished tasks
            are kept in WORK), learns which answers to pass on, and prints tables for results/edge-serving.md.
        edge-serving BASE.gguf [compare]
            Measures the engine of 'edge serve' against a plain loop, for 1, 4 and 8 clients, with and without guesses from
            the prompt, and prints a table for results/edge-serving.md.
        edge-state BASE
            Measures going on with a conversation by length: evaluating it again, one thread, against reading its cache back
            from a file, and prints a table for results/edge-runtime.md.
        growth FOLDER BASE.gguf|- N...
            Writes a log of N episodes for each N into FOLDER, collects, reduces and mines it (collects only, where the base is -),
            and prints a table with the exponent of the growth for results/growth.md.
        gpu-bench tiny|135m|0.5b|1.5b|7b|8b DEVICE STEPS PEAK_TFLOPS CHECKPOINTING
            Trains an adapter of a base of random weights and prints tokens a second, model FLOP utilisation and the peak of
            memory for results/gpu.md; ops/gpu-bench.sh calls it.
        lake make|write|read HOME EPISODES
            Makes EPISODES, writes them into a new workspace HOME, or reads that one, and prints processor seconds and the
            peak of memory for results/lake.md.
        teacher BASE.gguf EXAMPLES ROUNDS
            Measures a teacher's pass over EXAMPLES that share a context, computed once or before each, one thread, and prints
            a table for results/self-study.md.
        training-step BASE.gguf ROUNDS CHECKOUT PYTHON [LOAD...]
            Measures a training step of BASE (SmolLM2) by this code, by a built CHECKOUT of the code before TorchSharp, and
            by plain_torch.py under PYTHON (with torch), in turns, and prints tables for results/training-step.md.
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
