namespace Distiller.Training.Pretraining;

/// <summary>A ladder of tasks, from the easiest rung to the one that counts.</summary>
public interface ICurriculum
{
    int RungCount { get; }

    string RungName(int rung);

    /// <summary>A fresh row. It depends on the rung and the seed alone, and may be drawn on any thread.</summary>
    PretrainingRow Draw(int rung, long seed);
}
