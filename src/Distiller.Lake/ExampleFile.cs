namespace Distiller.Lake;

/// <summary>Training examples in Parquet, in order.</summary>
public static class ExampleFile
{
    /// <summary>Writes the file atomically and returns how many examples it has.</summary>
    public static long Write(string path, IEnumerable<TrainingExample> examples) =>
        ParquetTable.Write(
            path,
            examples.Select(e => new ExampleRow(
                e.Tokens,
                e.LossMask,
                e.Weight,
                e.EpisodeId.Value,
                e.Window,
                e.TaskId,
                e.ContextId
            ))
        );

    /// <summary>Streams the examples; one whose mask and tokens differ in length is an error that names the file.</summary>
    public static IEnumerable<TrainingExample> Read(string path)
    {
        var number = 0L;
        foreach (var row in ParquetTable.Read<ExampleRow>(path))
        {
            number++;
            if (row.Tokens.Length != row.LossMask.Length)
            {
                throw new BadInputException(
                    new SourceLocation(path, number),
                    $"An example has {row.Tokens.Length} tokens and {row.LossMask.Length} flags.",
                    "Run the stage that writes it again."
                );
            }

            yield return new TrainingExample(
                row.Tokens,
                row.LossMask,
                row.Weight,
                new EpisodeId(row.EpisodeId),
                row.Window
            )
            {
                TaskId = row.TaskId ?? "",
                ContextId = row.ContextId ?? "",
            };
        }
    }
}

/// <summary>A training example as a row of a Parquet file.</summary>
internal sealed record ExampleRow(
    int[] Tokens,
    bool[] LossMask,
    float Weight,
    string EpisodeId,
    int Window,
    string? TaskId,
    string? ContextId
);
