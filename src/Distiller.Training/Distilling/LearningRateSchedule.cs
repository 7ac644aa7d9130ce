namespace Distiller.Training.Distilling;

/// <summary>The learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Half a cosine from the full rate down to <see cref="TrainingOptions.FinalRateShare"/> of it.</summary>
    Cosine,
    Constant,
}
