using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Scheduling;

/// <summary>A real night of seconds, its steps in processes of their own.</summary>
internal static class SmallNight
{
    public const string Id = "acme-20260310";

    /// <summary>A tenant whose three times twelve episodes are of the first three days of the month.</summary>
    public static TenantSchedule Prepare(SchedulerLab lab)
    {
        _ = new TinyBase().Write(lab.InFolder("base.gguf"));
        SampleLogs.Write(lab.InFolder("logs.jsonl"));
        var logs = File.ReadAllText(lab.InFolder("logs.jsonl"));
        File.WriteAllText(lab.InFolder("logs.jsonl"), logs.Replace("2026-11-0", "2026-03-0", StringComparison.Ordinal));
        lab.Runner = new StepProcess(() => DistillerProcess.StartInfo("step"));
        return lab.Tenant("acme") with
        {
            Logs = [lab.InFolder("logs.jsonl")],
            Settings = new NightSettings
            {
                BasePath = lab.InFolder("base.gguf"),
                Mining = new MiningOptions { Examples = new ExampleOptions { SequenceTokensMax = 256 } },
                Training = new TrainingOptions
                {
                    MaxTrainTokens = 10_000,
                    TokensPerStep = 512,
                    Epochs = 2,
                    Rank = 8,
                    Alpha = 16,
                    LearningRate = 0.01,
                },
                Holdout = new HoldoutOptions { MaxGeneratedSteps = 4, TasksMin = 2 },
                Threads = 1,
            },
        };
    }
}
