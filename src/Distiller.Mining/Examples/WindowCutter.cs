namespace Distiller.Mining.Examples;

/// <summary>
/// Cuts a conversation into windows. Each begins with the system line, goes on with the last turns before its first target
/// that fit, and teaches as many assistant turns in a row as there is room for. Every assistant turn is taught by exactly one
/// window and stands there right after the observation it answers.
/// </summary>
internal sealed class WindowCutter
{
    private readonly Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> _tokenize;
    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly int _contextTokensMax;
    private readonly int _tokensMax;

    /// <summary>0 if the conversation has no system line, else 1: the index of the first turn.</summary>
    private readonly int _first;

    /// <param name="messages">As <see cref="Conversation.ToMessages"/> gives them: roles alternate after the system line.</param>
    public WindowCutter(
        IReadOnlyList<ChatMessage> messages,
        ExampleOptions options,
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenize
    )
    {
        _messages = messages;
        _tokenize = tokenize;
        _tokensMax = options.SequenceTokensMax;
        _contextTokensMax = (int)(options.SequenceTokensMax * options.ContextShare);
        _first = messages.Count > 0 && messages[0].Role == "system" ? 1 : 0;
    }

    /// <summary>Assistant turns that fit no window at all; valid after <see cref="Cut"/>.</summary>
    public int DroppedTurns { get; private set; }

    public IReadOnlyList<Window> Cut()
    {
        var windows = new List<Window>();
        var target = NextTarget(_first);
        while (target < _messages.Count)
        {
            if (Whole(target) is { } fitting)
            {
                windows.Add(fitting.Window);
                target = NextTarget(fitting.End);
                continue;
            }

            // Not even the target and what it answers fit: shorten them.
            if (ShortenedWindow.Cut(Slice(Math.Max(_first, target - 1), target + 1), _tokensMax, _tokenize) is { } cut)
            {
                windows.Add(cut);
            }
            else
            {
                DroppedTurns++;
            }

            target = NextTarget(target + 1);
        }

        return windows;
    }

    /// <summary>The widest window whose first target is <paramref name="target"/>; null if the target does not fit.</summary>
    private (Window Window, int End)? Whole(int target)
    {
        // Context: the earliest user message from which context alone stays within its share, but at least the observation.
        var start = Earliest(target, target, _contextTokensMax);
        if (!Fits(start, target + 1))
        {
            start = Latest(target);
            if (!Fits(start, target + 1))
            {
                return null;
            }
        }

        var end = target + 1;
        for (var next = NextTarget(end); next < _messages.Count && Fits(start, next + 1); next = NextTarget(end))
        {
            end = next + 1;
        }

        // What room the targets left is for more context.
        start = Earliest(start, end, _tokensMax);
        return (Teach(start, end, target), end);
    }

    /// <summary>
    /// The earliest start, at a user message, from which the messages up to <paramref name="end"/> take at most
    /// <paramref name="tokensMax"/>; searched backwards from <paramref name="from"/>.
    /// </summary>
    private int Earliest(int from, int end, int tokensMax)
    {
        var best = from < _messages.Count && _messages[from].Role == "user" ? from : Latest(from);
        for (var start = best - 1; start >= _first; start--)
        {
            // Templates want the user to speak first; only the true beginning may be the assistant's.
            if (_messages[start].Role != "user" && start != _first)
            {
                continue;
            }

            if (Tokenize(start, end).Tokens.Length > tokensMax)
            {
                break;
            }

            best = start;
        }

        return best;
    }

    /// <summary>The observation before a target; the target itself where the assistant speaks first.</summary>
    private int Latest(int target) => target > _first ? target - 1 : target;

    private int NextTarget(int from)
    {
        while (from < _messages.Count && _messages[from].Role != "assistant")
        {
            from++;
        }

        return from;
    }

    private bool Fits(int start, int end) => Tokenize(start, end).Tokens.Length <= _tokensMax;

    private Window Teach(int start, int end, int firstTarget)
    {
        var (tokens, spoken) = Tokenize(start, end);
        var contextTurns = 0;
        for (var i = start; i < firstTarget; i++)
        {
            contextTurns += _messages[i].Role == "assistant" ? 1 : 0;
        }

        var targets = 0;
        for (var i = firstTarget; i < end; i++)
        {
            targets += _messages[i].Role == "assistant" ? 1 : 0;
        }

        return new Window(
            tokens,
            AssistantRuns.AfterFirst(contextTurns, contextTurns + targets, spoken),
            targets,
            IsTruncated: false,
            IsShortened: false
        );
    }

    private (int[] Tokens, bool[] AssistantMask) Tokenize(int start, int end) => _tokenize(Slice(start, end));

    private List<ChatMessage> Slice(int start, int end)
    {
        var slice = new List<ChatMessage>(end - start + 1);
        slice.AddRange(_messages.Take(_first));
        for (var i = start; i < end; i++)
        {
            slice.Add(_messages[i]);
        }

        return slice;
    }
}
