using System.Text;
using System.Text.Json;

namespace Distiller.Mining.Labelling;

/// <summary>
/// What people said of outcomes, with the history: <c>outcome-labels.jsonl</c> in the workspace, a line a word. Has a lock of
/// its own and not the workspace's, since people decide while a night runs; the next mining reads it.
/// </summary>
public sealed class LabelBook(string home, TimeProvider time)
{
    public const string FileName = "outcome-labels.jsonl";
    private const string LockName = ".outcome-labels.lock";
    private const long BytesMax = 256L << 20;
    private const string Remedy = "Correct or remove the line, or restore the file from a copy.";

    private static readonly JsonSerializerOptions Json = new(EpisodeJson.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The file's full path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(home), FileName);

    /// <summary>Every word ever said, the oldest first.</summary>
    /// <exception cref="BadInputException">The file is damaged; the line is named.</exception>
    public IReadOnlyList<PersonLabel> History()
    {
        if (!File.Exists(Path))
        {
            return [];
        }

        if (new FileInfo(Path).Length is > BytesMax and var bytes)
        {
            throw new BadInputException(
                new SourceLocation(Path, 0),
                $"The file has {bytes} bytes; at most {BytesMax} are read.",
                Remedy
            );
        }

        var labels = new List<PersonLabel>();
        var number = 0;
        foreach (var line in File.ReadLines(Path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                labels.Add(Parse(line, number));
            }
        }

        return labels;
    }

    /// <summary>The words that count, by task: the last on each, where it says succeeded or failed. Null where there is none.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, PersonLabel>? Current()
    {
        var current = new SortedDictionary<string, PersonLabel>(StringComparer.Ordinal);
        foreach (var label in History())
        {
            current[label.Task] = label;
        }

        foreach (var task in current.Where(l => l.Value.Says == OutcomeKind.Unknown).Select(l => l.Key).ToList())
        {
            current.Remove(task); // Taken back.
        }

        return current.Count == 0 ? null : current;
    }

    /// <summary>Writes words down, all at once.</summary>
    /// <exception cref="BadInputException">The file is damaged, or the disk is full.</exception>
    public void Add(IReadOnlyCollection<PersonLabel> labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        _ = DiskFull.Guard(
            Path,
            () =>
            {
                var folder = System.IO.Path.GetDirectoryName(Path)!;
                using var onlyOne = FileLock.Take(System.IO.Path.Combine(folder, LockName), "Another label", time);
                var text = new StringBuilder();
                foreach (var label in History().Concat(labels))
                {
                    text.Append(JsonSerializer.Serialize(label, Json)).Append('\n');
                }

                AtomicFile.WriteAllBytes(Path, Encoding.UTF8.GetBytes(text.ToString()));
                return true;
            }
        );
    }

    private PersonLabel Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<PersonLabel>(line, Json)
                ?? throw new BadInputException(new SourceLocation(Path, number), "The line holds null.", Remedy);
        }
        catch (JsonException e)
        {
            throw new BadInputException(new SourceLocation(Path, number), "The line is no label.", Remedy, e);
        }
    }
}
