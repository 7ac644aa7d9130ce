using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Answers an arm's requests in one session and counts the prompt tokens found in the cache.</summary>
/// <remarks>
/// Between tasks the session is truncated to the tokens of the system message, which are always evaluated as one batch. The
/// cache contents at the start of a task, and their rounding, then depend only on the system messages before it: a run that
/// resumes after a kill evaluates these again and gets the same rows. The price, the same for every arm, is that the few
/// tokens shared by the user messages of two tasks are evaluated again.
/// </remarks>
internal sealed class CachedAgent(EdgeSession session, int maxOutputTokens)
{
    private readonly ChatTokenizer _tokenizer = session.Model.Tokenizer;
    private readonly List<RequestRow> _requests = [];
    private readonly List<ConfidenceRow> _confidence = [];
    private int[] _system = [];

    /// <summary>Leading tokens that were in the cache when the task began.</summary>
    private int _held;
    private AgentTask _task = new("", "", "");
    private string _arm = "";

    /// <summary>A request did not fit the context, or its answer reached the context's end.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Requests of the current task.</summary>
    public IReadOnlyList<RequestRow> Requests => [.. _requests];

    /// <summary>Of the current task's requests, where the arm is that of the published adapter.</summary>
    public IReadOnlyList<ConfidenceRow> Confidence => [.. _confidence];

    /// <summary>Begins a task, or skips one whose rows are known, and prepares the cache for it.</summary>
    public void Enter(string arm, AgentTask task, string system)
    {
        _arm = arm;
        _task = task;
        _requests.Clear();
        _confidence.Clear();
        IsFull = false;
        session.Truncate(Math.Min(_system.Length, session.CachedTokens));
        var tokens = _tokenizer.TokenizeChat([new ChatMessage("system", system)]).Tokens;
        if (tokens.AsSpan().SequenceEqual(_system) && session.CachedTokens == tokens.Length)
        {
            _held = tokens.Length;
            return;
        }

        // A template that puts the system text into the user message has no system tokens to keep.
        _held = tokens.Length == 0 ? 0 : session.Prefill(tokens).Reused;
        _system = tokens;
    }

    /// <summary>The most likely answer; empty from the moment at which the context is full.</summary>
    public string Answer(IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var prompt = _tokenizer.TokenizePrompt(messages);
        var room = Math.Min(maxOutputTokens, session.ContextTokens - prompt.Length);
        IsFull |= room < 1;
        if (IsFull)
        {
            return "";
        }

        // The system message was evaluated in Enter, but its tokens count as written by the first request.
        var reused = session.Prefill(prompt).Reused;
        var read = _requests.Count == 0 ? Math.Min(reused, _held) : reused;
        var meter = _arm == TrialArm.AdapterInt4 ? new ConfidenceMeter() : null;
        var written = session.GenerateGreedy(room, meter, cancellation);
        if (meter?.Read() is { } sure)
        {
            _confidence.Add(
                new ConfidenceRow(
                    _arm,
                    _task.Id,
                    _requests.Count,
                    sure.EntropyMean,
                    sure.EntropyMax,
                    sure.MarginMean,
                    sure.MarginMin
                )
            );
        }

        var answer = _tokenizer.Detokenize(written, special: true);
        _requests.Add(
            new RequestRow
            {
                Arm = _arm,
                TaskId = _task.Id,
                Request = _requests.Count,
                CacheReadTokens = read,
                CacheWriteTokens = prompt.Length - read,
                OutputTokens = written.Length,
                IsCut = written.Length == room,
                Answer = answer,
            }
        );
        IsFull = written.Length == room && room < maxOutputTokens;
        return IsFull ? "" : answer;
    }
}
