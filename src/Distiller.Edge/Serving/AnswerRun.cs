using Distiller.Core;

namespace Distiller.Edge.Serving;

/// <summary>One answer while a sequence computes it: sampling, text, and when it ends. For the engine's thread only.</summary>
internal sealed class AnswerRun(EdgeModel model, Generation generation, EngineCounters counters, TimeProvider time)
    : IDisposable
{
    private readonly TokenSampler _sampler = new(model, generation.Request.Sampling);
    private readonly AnswerText _text = new(model.Tokenizer, generation.Request.Stops);
    private readonly ConfidenceMeter? _meter = generation.Request.IsMeasured ? new ConfidenceMeter() : null;
    private int _cached;
    private int _written;
    private bool _isTriggered;

    public GenerationRequest Request => generation.Request;

    /// <summary>The token that was chosen and is not evaluated yet; null: the prompt is not through.</summary>
    public int? Next { get; private set; }

    /// <summary>Tokens that it may still write.</summary>
    public int Left => Request.MaxTokens - _written;

    /// <param name="cached">Tokens of the prompt that need not be computed.</param>
    public void Begin(int cached)
    {
        _cached = cached;
        generation.Usage = new GenerationUsage(Request.Prompt.Length, cached, 0);
        counters.InputTokens.Add(Request.Prompt.Length - cached);
        counters.CachedTokens.Add(cached);
        if (Request.Grammar is { } grammar)
        {
            _sampler.Begin(grammar);
        }
    }

    /// <summary>Ends it where nobody waits any more or its time is up.</summary>
    public bool IsOver(TimeProvider clock)
    {
        if (Request.Cancellation.IsCancellationRequested)
        {
            Fail(new OperationCanceledException(Request.Cancellation));
            return true;
        }

        if (clock.GetElapsedTime(generation.SubmittedAt) > Request.TimeMax)
        {
            Finish(GenerationEnd.Timeout);
            return true;
        }

        return false;
    }

    /// <param name="room">Tokens that the context has room for behind those in it.</param>
    /// <returns>False: it has ended.</returns>
    public bool Advance(ReadOnlySpan<float> logits, int room)
    {
        try
        {
            return AdvanceOne(logits, room);
        }
        catch (Exception e) when (e is BadInputException or InvalidOperationException)
        {
            Fail(e);
            return false;
        }
    }

    public void Fail(Exception error) => generation.Fail(error);

    public void Dispose() => _sampler.Dispose();

    private bool AdvanceOne(ReadOnlySpan<float> logits, int room)
    {
        var token = _sampler.Next(logits);
        _meter?.Add(logits);
        if (_written == 0)
        {
            counters.FirstToken.Record(time.GetElapsedTime(generation.SubmittedAt).TotalSeconds);
        }

        if (model.Tokenizer.IsEndOfGeneration(token))
        {
            Finish(GenerationEnd.Stop);
            return false;
        }

        _written++;
        Next = token;
        generation.Usage = new GenerationUsage(Request.Prompt.Length, _cached, _written);
        counters.OutputTokens.Add(1);
        if (_text.Add(token) is { Length: > 0 } text)
        {
            generation.Write(text);
        }

        if (_text.IsStopped)
        {
            Finish(GenerationEnd.Stop);
            return false;
        }

        Trigger();
        if (_written >= Request.MaxTokens || room < 1)
        {
            Finish(GenerationEnd.Length);
            return false;
        }

        return true;
    }

    /// <summary>Once the answer opens a tool call, the grammar of calls holds what follows.</summary>
    private void Trigger()
    {
        if (_isTriggered || Request.Trigger is not { } trigger || Request.TriggeredGrammar is not { } grammar)
        {
            return;
        }

        var written = _text.All.ToString();
        var at = written.IndexOf(trigger, StringComparison.Ordinal);
        if (at < 0)
        {
            return;
        }

        _isTriggered = true;
        _sampler.Begin(grammar);
        if (!_sampler.Take(model.Tokenizer.Tokenize(written[(at + trigger.Length)..])))
        {
            // It goes on in a way of its own; whoever reads it sees whether it is a call.
            _sampler.End();
        }
    }

    private void Finish(GenerationEnd end)
    {
        if (_text.Flush() is { Length: > 0 } rest)
        {
            generation.Write(rest);
        }

        generation.Confidence = _meter?.Read();
        generation.Finish(end);
    }
}
