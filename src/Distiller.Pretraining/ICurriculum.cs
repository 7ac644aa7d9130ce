namespace Distiller.Pretraining;

/// <summary>A ladder of tasks, from the easiest rung to the one that counts.</summary>
public interface ICurriculum
{
    int RungCount { get; }

    string RungName(int rung);

    /// <summary>A fresh row, which depends on the rung and the seed alone.</summary>
    PretrainingRow Draw(int rung, long seed);
}
