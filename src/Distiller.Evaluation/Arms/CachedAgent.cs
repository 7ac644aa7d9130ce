using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Answers an arm's requests in one session and counts what its cache spares.</summary>
/// <remarks>
/// Between tasks the session is cut back to the tokens of the system message, which are always computed by themselves, in
/// one piece. What a task finds in the cache, and with which rounding it was computed, is then decided by the system
/// messages before it and by nothing else: a run that goes on after a kill enters these again, and its rows are the same.
/// It costs every arm alike the few tokens that the user's messages of two tasks have in common.
/// </remarks>
internal sealed class CachedAgent(EdgeSession session, int maxOutputTokens)
{
    private readonly ChatTokenizer _tokenizer = session.Model.Tokenizer;
    private readonly List<RequestRow> _requests = [];
    private int[] _system = [];

    /// <summary>Leading tokens that were in the cache when the task began.</summary>
    private int _held;
    private AgentTask _task = new("", "", "");
    private string _arm = "";

    /// <summary>A request did not fit the context, or its answer reached the context's end.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Of the task entered last.</summary>
    public IReadOnlyList<RequestRow> Requests => [.. _requests];

    /// <summary>Begins a task, or passes one by that was worked before.</summary>
    public void Enter(string arm, AgentTask task, string system)
    {
        _arm = arm;
        _task = task;
        _requests.Clear();
        IsFull = false;
        session.Truncate(Math.Min(_system.Length, session.CachedTokens));
        var tokens = _tokenizer.TokenizeChat([new ChatMessage("system", system)]).Tokens;
        if (tokens.AsSpan().SequenceEqual(_system) && session.CachedTokens == tokens.Length)
        {
            _held = tokens.Length;
            return;
        }

        // A template that writes the system text into the user's message leaves nothing to keep.
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

        // The system message was computed when the task was entered, but it is this request's prompt that it was for.
        var reused = session.Prefill(prompt).Reused;
        var read = _requests.Count == 0 ? Math.Min(reused, _held) : reused;
        var written = session.GenerateGreedy(room, cancellation);
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
