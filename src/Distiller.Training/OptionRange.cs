namespace Distiller.Training;

/// <summary>Checks settings before anything runs.</summary>
/// <param name="options">What they are settings of, for the message.</param>
internal sealed class OptionRange(string options)
{
    /// <param name="range">In words: <c>1 to 512</c>.</param>
    /// <exception cref="BadInputException">It does not hold.</exception>
    public void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
        {
            throw new BadInputException(new SourceLocation(options, 0), $"{name} is {value}.", $"Choose {range}.");
        }
    }

    /// <summary>The settings of checkpoints, which are the same for every training.</summary>
    public void Checkpoints(int everySteps, TimeSpan every)
    {
        Require(everySteps is >= 1 and <= 1_000_000, "CheckpointEverySteps", everySteps, "1 to 1000000");
        Require(
            every >= TimeSpan.FromSeconds(1) && every <= TimeSpan.FromDays(1),
            "CheckpointEvery",
            every,
            "a second to a day"
        );
    }
}
