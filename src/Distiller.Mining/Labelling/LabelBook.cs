namespace Distiller.Mining.Labelling;

/// <summary>What people said of outcomes: <c>outcome-labels.jsonl</c> in the workspace (see <see cref="DecisionBook{T}"/>).</summary>
public sealed class LabelBook(string home, TimeProvider time)
{
    public const string FileName = "outcome-labels.jsonl";

    private readonly DecisionBook<PersonLabel> _book = new(System.IO.Path.Combine(home, FileName), "label", time);

    /// <summary>The file's full path.</summary>
    public string Path => _book.Path;

    /// <summary>Every word ever said, the oldest first.</summary>
    /// <exception cref="BadInputException">The file is damaged; the line is named.</exception>
    public IReadOnlyList<PersonLabel> History() => _book.History();

    /// <summary>Writes words down, all at once.</summary>
    /// <exception cref="BadInputException">The file is damaged, or the disk is full.</exception>
    public void Add(IReadOnlyCollection<PersonLabel> labels) => _book.Add(labels);

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
}
