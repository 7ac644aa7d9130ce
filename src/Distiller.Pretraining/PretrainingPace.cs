namespace Distiller.Pretraining;

/// <summary>Turns finished steps into progress: share done, rung, speed of this run, time left.</summary>
internal sealed class PretrainingPace(
    TimeProvider time,
    PretrainingOptions options,
    ICurriculum curriculum,
    int stepsBefore,
    long tokensBefore
)
{
    private readonly long _start = time.GetTimestamp();

    public StageProgress After(PretrainingStep step, Ladder ladder)
    {
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        var speed = seconds > 0 ? (step.Tokens - tokensBefore) / seconds : 0;
        var left = TimeSpan.FromSeconds(seconds / (step.Step - stepsBefore) * (options.Steps - step.Step));
        return new StageProgress(
            "pretrain",
            step.Step,
            options.Steps,
            $"step {step.Step} of {options.Steps}, "
                + $"rung {curriculum.RungName(ladder.Top)} ({ladder.Top + 1} of {curriculum.RungCount}), "
                + $"loss {step.Loss:F3}, exact {ladder.ExactMatch:F2}, {speed:F0} tokens/s, "
                + $"{(int)left.TotalHours}:{left:mm\\:ss} left"
        );
    }
}
