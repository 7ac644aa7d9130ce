namespace Distiller.Training.Distilling;

/// <summary>Reports completed optimizer steps as progress: share done, speed of this run, time left.</summary>
internal sealed class TrainingPace(TimeProvider time, TrainingPlan plan, int stepsBefore)
{
    private readonly long _start = time.GetTimestamp();

    public StageProgress After(IReadOnlyList<TrainingStep> curve)
    {
        var step = curve[^1];
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        var speed = seconds > 0 ? (step.Tokens - plan.TokensAfter(stepsBefore)) / seconds : 0;
        var left = speed > 0 ? TimeSpan.FromSeconds((plan.TotalTokens - step.Tokens) / speed) : TimeSpan.Zero;
        return new StageProgress(
            "distill",
            step.Tokens,
            plan.TotalTokens,
            $"step {step.Step} of {plan.Steps}, loss {step.Loss:F3}, {speed:F0} tokens/s, {(int)left.TotalHours}:{left:mm\\:ss} left"
        );
    }
}
