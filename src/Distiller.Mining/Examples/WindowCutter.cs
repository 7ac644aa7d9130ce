namespace Distiller.Mining.Examples;

/// <summary>
/// Cuts a conversation into windows. Each begins with the system line, goes on with the last turns before its first target
/// that fit, and teaches as many assistant turns in a row as there is room for. A window that begins later than the
/// conversation repeats the request, since a model that does not see it would learn to act without one. Every assistant turn is taught by exactly one
/// window and stands there right after the observation it answers.
/// </summary>
internal sealed class WindowCutter
{
    private readonly Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> _tokenize;
    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly IReadOnlySet<int> _untaught;
    private readonly int _contextTokensMax;
    private readonly int _tokensMax;

    /// <summary>0 if the conversation has no system line, else 1: the index of the first turn.</summary>
    private readonly int _first;

    /// <summary>The request, shortened, as later windows repeat it; empty where the conversation begins with no user message.</summary>
    private readonly string _request;

    /// <summary>Entry i: tokens of the system line and of all messages before i, as planned.</summary>
    private long[] _tokensBefore = [];
    private long _requestTokens;

    /// <param name="messages">As <see cref="Conversation.ToMessages"/> gives them: roles alternate after the system line.</param>
    /// <param name="untaught">Indices of assistant messages that are context only.</param>
    public WindowCutter(
        IReadOnlyList<ChatMessage> messages,
        ExampleOptions options,
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenize,
        IReadOnlySet<int> untaught
    )
    {
        _messages = messages;
        _untaught = untaught;
        _tokenize = tokenize;
        _tokensMax = options.SequenceTokensMax;
        _contextTokensMax = (int)(options.SequenceTokensMax * options.ContextShare);
        _first = messages.Count > 0 && messages[0].Role == "system" ? 1 : 0;
        _request =
            messages.Count > _first && messages[_first].Role == "user"
                ? RepeatedRequest.Of(messages[_first].Content, options.SequenceTokensMax)
                : "";
    }

    /// <summary>Assistant turns that fit no window at all; valid after <see cref="Cut"/>.</summary>
    public int DroppedTurns { get; private set; }

    public IReadOnlyList<Window> Cut()
    {
        var target = NextTarget(_first);
        if (target == _messages.Count)
        {
            return [];
        }

        var end = LastTarget(target, _messages.Count) + 1;
        if (IsPerhapsShort() && Verified(_first, end, target) is { } whole && whole.End == end && whole.Start == _first)
        {
            return [whole.Window];
        }

        _tokensBefore = Measure();
        var windows = new List<Window>();
        while (target < _messages.Count)
        {
            if (Whole(target) is { } fitting)
            {
                windows.Add(fitting.Window);
                target = NextTarget(fitting.End);
                continue;
            }

            // Not even the target and what it answers fit: shorten them.
            if (
                ShortenedWindow.Cut(
                    Slice(Math.Max(_first, target - 1), target + 1),
                    Kept(target),
                    _tokensMax,
                    _tokenize
                ) is
                { } cut
            )
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
    private (Window Window, int Start, int End)? Whole(int target)
    {
        // Context: the earliest user message from which context alone stays within its share, but at least the observation.
        var start = Earliest(Latest(target), target, _contextTokensMax);
        if (Planned(start, target + 1) > _tokensMax)
        {
            start = Latest(target);
        }

        var end = target + 1;
        if (Planned(start, end) > _tokensMax)
        {
            return null;
        }

        for (
            var next = NextTarget(end);
            next < _messages.Count && Planned(start, next + 1) <= _tokensMax;
            next = NextTarget(end)
        )
        {
            end = next + 1;
        }

        // What room the targets left is for more context.
        return Verified(Earliest(start, end, _tokensMax), end, target);
    }

    /// <summary>
    /// The plan adds up messages one by one; a template may write them otherwise together. So the window itself is measured,
    /// and where it is too long it gives up context first and then targets.
    /// </summary>
    private (Window Window, int Start, int End)? Verified(int start, int end, int target)
    {
        while (true)
        {
            var (tokens, spoken) = _tokenize(Slice(start, end));
            if (tokens.Length <= _tokensMax)
            {
                var loss = AssistantRuns.Where(Taught(start, target, end), spoken);
                var targets = Enumerable.Range(target, end - target).Count(IsTarget);
                return (new Window(tokens, loss, targets, IsTruncated: false, IsShortened: false), start, end);
            }

            if (start < Latest(target))
            {
                start = NextUser(start + 1);
            }
            else if (end > target + 1)
            {
                end = LastTarget(target, end - 1) + 1;
            }
            else
            {
                return null;
            }
        }
    }

    /// <summary>
    /// The earliest start, at a user message, from which the messages up to <paramref name="end"/> take at most
    /// <paramref name="tokensMax"/>; searched backwards from <paramref name="from"/>.
    /// </summary>
    private int Earliest(int from, int end, int tokensMax)
    {
        var best = from;
        for (var start = from - 1; start >= _first && Planned(start, end) <= tokensMax; start--)
        {
            // Templates want the user to speak first; only the true beginning may be the assistant's.
            if (_messages[start].Role == "user" || start == _first)
            {
                best = start;
            }
        }

        return best;
    }

    /// <summary>The observation before a target; the target itself where the assistant speaks first.</summary>
    private int Latest(int target) => target > _first ? target - 1 : target;

    private int NextTarget(int from)
    {
        while (from < _messages.Count && !IsTarget(from))
        {
            from++;
        }

        return from;
    }

    private int NextUser(int from)
    {
        while (_messages[from].Role != "user")
        {
            from++;
        }

        return from;
    }

    /// <summary>The last target in [first, end); <paramref name="first"/> is one.</summary>
    private int LastTarget(int first, int end)
    {
        do
        {
            end--;
        } while (end > first && !IsTarget(end));

        return end;
    }

    private bool IsTarget(int message) => _messages[message].Role == "assistant" && !_untaught.Contains(message);

    /// <summary>For each assistant message in [start, end) whether it is a target at <paramref name="target"/> or later.</summary>
    private List<bool> Taught(int start, int target, int end) =>
        [
            .. Enumerable
                .Range(start, end - start)
                .Where(m => _messages[m].Role == "assistant")
                .Select(m => m >= target && IsTarget(m)),
        ];

    /// <summary>Whether it is worth trying the conversation in one piece: a token is seldom more than eight characters.</summary>
    private bool IsPerhapsShort() => _messages.Sum(m => (long)m.Content.Length) <= 8L * _tokensMax;

    private long Planned(int start, int end) =>
        _tokensBefore[_first] + _tokensBefore[end] - _tokensBefore[start] + (start > _first ? _requestTokens : 0);

    /// <summary>What a shortened window keeps of the message before its target: the request, and the end of an observation.</summary>
    private KeptText Kept(int target) =>
        target - 1 <= _first ? new KeptText("", KeepsHead: true) : new KeptText(_request, KeepsHead: false);

    /// <summary>Each message is tokenized once, in a conversation as short as templates permit: linear in the log.</summary>
    private long[] Measure()
    {
        var system = _messages.Take(_first).ToList();
        ChatMessage[] asked = [.. system, new ChatMessage("user", "?")];
        var before = new long[_messages.Count + 1];
        var askedTokens = _tokenize(asked).Tokens.Length;
        before[_first] = _first == 0 ? 0 : _tokenize(system).Tokens.Length;
        for (var i = _first; i < _messages.Count; i++)
        {
            var alone =
                _messages[i].Role == "assistant"
                    ? _tokenize([.. asked, _messages[i]]).Tokens.Length - askedTokens
                    : _tokenize([.. system, _messages[i]]).Tokens.Length - before[_first];
            before[i + 1] = before[i] + alone;
        }

        _requestTokens =
            _request.Length == 0
                ? 0
                : _tokenize([.. system, new ChatMessage("user", _request)]).Tokens.Length - before[_first];

        return before;
    }

    private List<ChatMessage> Slice(int start, int end)
    {
        var slice = new List<ChatMessage>(end - start + 1);
        slice.AddRange(_messages.Take(_first));
        for (var i = start; i < end; i++)
        {
            // Templates expect alternation, so the request stands in the user message that comes first.
            slice.Add(
                i == start && start > _first && _request.Length > 0 && _messages[i].Role == "user"
                    ? _messages[i] with
                    {
                        Content = _request + _messages[i].Content,
                    }
                    : _messages[i]
            );
        }

        return slice;
    }
}

/// <summary>A piece of one conversation that fits the student's sequence.</summary>
/// <param name="Tokens">T token ids.</param>
/// <param name="LossMask">T flags: the tokens of the turns that this window teaches.</param>
/// <param name="Targets">Assistant turns that it teaches.</param>
/// <param name="IsTruncated">Whether its only target is longer than the window.</param>
/// <param name="IsShortened">Whether the observation before its only target was shortened.</param>
internal sealed record Window(int[] Tokens, bool[] LossMask, int Targets, bool IsTruncated, bool IsShortened);

/// <summary>An assistant mask as runs of tokens, one run for each assistant message.</summary>
internal static class AssistantRuns
{
    /// <summary>Clears the runs that are not taught, and position 0, which nothing predicts.</summary>
    /// <param name="taught">For each run that the mask must have, in order.</param>
    public static bool[] Where(IReadOnlyList<bool> taught, bool[] mask)
    {
        var loss = new bool[mask.Length];
        var seen = 0;
        for (var t = 0; t < mask.Length; t++)
        {
            seen += mask[t] && (t == 0 || !mask[t - 1]) ? 1 : 0;
            loss[t] = mask[t] && t > 0 && seen <= taught.Count && taught[seen - 1];
        }

        return seen == taught.Count
            ? loss
            : throw new InvalidOperationException(
                $"The tokenizer marked {seen} assistant turns in a window of {taught.Count}; its chat template hides where turns begin."
            );
    }
}
