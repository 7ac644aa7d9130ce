using System.Text;
using System.Text.Json;

namespace Distiller.Lake;

/// <summary>
/// What people decided, with the history: a file of JSON Lines in the workspace, a line a decision, the newest last. Has a lock
/// of its own and not the workspace's, since people decide while a night runs; the next stage that asks reads it.
/// </summary>
/// <param name="path">The file; its lock lies beside it.</param>
/// <param name="what">What a line is, for messages: a label, a decision.</param>
public sealed class DecisionBook<T>(string path, string what, TimeProvider time)
    where T : class
{
    private const long BytesMax = 256L << 20;
    private const string Remedy = "Correct or remove the line, or restore the file from a copy.";

    private static readonly JsonSerializerOptions Json = new(EpisodeJson.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The file's full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Every decision ever made, the oldest first.</summary>
    /// <exception cref="BadInputException">The file is damaged; the line is named.</exception>
    public IReadOnlyList<T> History()
    {
        if (!File.Exists(Path))
        {
            return [];
        }

        if (new FileInfo(Path).Length is > BytesMax and var bytes)
        {
            throw Bad(0, $"The file has {bytes} bytes; at most {BytesMax} are read.");
        }

        var decisions = new List<T>();
        var number = 0;
        foreach (var line in File.ReadLines(Path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                decisions.Add(Parse(line, number));
            }
        }

        return decisions;
    }

    /// <summary>Writes decisions down, all at once.</summary>
    /// <exception cref="BadInputException">The file is damaged, or the disk is full.</exception>
    public void Add(IReadOnlyCollection<T> decisions)
    {
        if (decisions.Count == 0)
        {
            return;
        }

        _ = DiskFull.Guard(
            Path,
            () =>
            {
                var lockName = $".{System.IO.Path.GetFileNameWithoutExtension(Path)}.lock";
                var lockPath = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, lockName);
                using var onlyOne = FileLock.Take(lockPath, $"Another {what}", time);
                var text = new StringBuilder();
                foreach (var decision in History().Concat(decisions))
                {
                    text.Append(JsonSerializer.Serialize(decision, Json)).Append('\n');
                }

                AtomicFile.WriteAllBytes(Path, Encoding.UTF8.GetBytes(text.ToString()));
                return true;
            }
        );
    }

    private T Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw Bad(number, "The line holds null.");
        }
        catch (JsonException e)
        {
            throw Bad(number, $"The line is no {what}.", e);
        }
    }

    private BadInputException Bad(long line, string reason, Exception? inner = null) =>
        new(new SourceLocation(Path, line), reason, Remedy, inner);
}
