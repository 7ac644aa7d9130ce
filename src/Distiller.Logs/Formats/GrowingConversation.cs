namespace Distiller.Logs.Formats;

/// <summary>
/// One conversation, put together from requests each of which repeats what came before it: only what is new in a request is
/// added. Two turns are the same where role, text and calls are; ids of calls may have been left out in one of them.
/// </summary>
internal sealed class GrowingConversation
{
    private readonly Dictionary<string, List<int>> _places = new(StringComparer.Ordinal);

    public List<Turn> Turns { get; } = [];

    /// <summary>Adds those turns of a prompt that the conversation does not have yet, in its order.</summary>
    public void Repeat(IEnumerable<Turn> prompt)
    {
        var (at, end) = (0, Turns.Count);
        foreach (var turn in prompt)
        {
            // A person may say the same twice: each place is matched once, and in order.
            var place = PlaceFrom(at, Fingerprint(turn));
            if (place < end)
            {
                at = place + 1;
            }
            else
            {
                Add(turn);
            }
        }
    }

    public void Add(Turn turn)
    {
        var fingerprint = Fingerprint(turn);
        if (!_places.TryGetValue(fingerprint, out var places))
        {
            _places[fingerprint] = places = [];
        }

        places.Add(Turns.Count);
        Turns.Add(turn);
    }

    private int PlaceFrom(int at, string fingerprint)
    {
        if (!_places.TryGetValue(fingerprint, out var places))
        {
            return int.MaxValue;
        }

        var index = places.BinarySearch(at);
        index = index < 0 ? ~index : index;
        return index < places.Count ? places[index] : int.MaxValue;
    }

    private static string Fingerprint(Turn turn) =>
        $"{turn.Role}\0{turn.Text.Trim()}\0{string.Join('\0', turn.ToolCalls.Select(c => c.Name))}";
}
