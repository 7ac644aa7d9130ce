using Distiller.Core;
using Distiller.Registry;

namespace Distiller.Edge.Releases;

/// <summary>
/// Finds and checks the prompt that tells an adapter from its base. llama.cpp accepts an adapter that it then does not
/// apply, or applies to another base of equal shape, without a word; what the model answers shows it.
/// </summary>
public static class Canary
{
    private const int TokensMax = 16;
    private const int ContextTokens = 256;

    /// <summary>
    /// How far the most likely token must lie above the second, in nats: processors differ by about 0.001 in a logit, with
    /// 4-bit weights by a few hundredths.
    /// </summary>
    private const float LeadMin = 0.25f;

    // Whatever they were trained on, an adapter and its base differ in how they answer one of these.
    private static readonly string[] s_prompts =
    [
        "What do you do first?",
        "Hello!",
        "A ticket came in. Please handle it.",
        "The tests fail. Find out why and correct it.",
        "1 2 3 4",
        "List the files.",
        "Write a short poem.",
        "Who are you?",
    ];

    /// <returns>Null: the adapter answers none of the prompts otherwise than its base by a clear lead.</returns>
    public static ReleaseCanary? Find(EdgeModel model, EdgeAdapter adapter, CancellationToken cancellation = default)
    {
        if (!model.Tokenizer.HasChatTemplate)
        {
            return null;
        }

        using var session = model.OpenSession(Options(model));
        foreach (var prompt in s_prompts)
        {
            cancellation.ThrowIfCancellationRequested();
            var tokens = model.Tokenizer.TokenizePrompt([new ChatMessage("user", prompt)]);
            if (tokens.Length + TokensMax > session.ContextTokens)
            {
                continue;
            }

            session.Attach(null);
            var (bare, _) = Answer(session, tokens, TokensMax);
            session.Attach(adapter);
            var (adapted, leads) = Answer(session, tokens, TokensMax);
            var clear = leads.TakeWhile(lead => lead >= LeadMin).Count();
            var common = bare.AsSpan().CommonPrefixLength(adapted);
            if (common < clear)
            {
                return new ReleaseCanary(prompt, adapted[..clear]);
            }
        }

        return null;
    }

    /// <exception cref="BadInputException">The adapter answers otherwise than when it was published.</exception>
    public static void Require(EdgeModel model, EdgeAdapter adapter, Release release)
    {
        if (release.Canary is not { } canary || canary.Tokens.Count is 0 or > TokensMax)
        {
            return;
        }

        using var session = model.OpenSession(Options(model));
        session.Attach(adapter);
        var prompt = model.Tokenizer.TokenizePrompt([new ChatMessage("user", canary.Prompt)]);
        var (answer, _) = Answer(session, prompt, canary.Tokens.Count);
        if (!answer.SequenceEqual(canary.Tokens))
        {
            throw new BadInputException(
                new SourceLocation(adapter.Path, 0),
                $"The canary of release {release.Id} is answered with {Shown(answer)}, not {Shown(canary.Tokens)}: "
                    + "what answers is not the adapter that was published.",
                "Use the base it was made for, and pull the release again; else go back: distiller edge rollback."
            );
        }
    }

    /// <summary>The most likely tokens, the end of the turn included, and by how much each leads the second.</summary>
    private static (int[] Tokens, float[] Leads) Answer(EdgeSession session, int[] prompt, int count)
    {
        session.Prefill(prompt);
        var tokens = new List<int>();
        var leads = new List<float>();
        while (tokens.Count < count)
        {
            var logits = session.LastLogits();
            var best = Softmax.Best(logits, session.Model.Path);
            var second = float.NegativeInfinity;
            for (var i = 0; i < logits.Length; i++)
            {
                second = i != best ? Math.Max(second, logits[i]) : second;
            }

            tokens.Add(best);
            leads.Add(logits[best] - second);
            if (session.Model.Tokenizer.IsEndOfGeneration(best) || tokens.Count == count)
            {
                break;
            }

            session.Feed([best]);
        }

        return ([.. tokens], [.. leads]);
    }

    private static EdgeSessionOptions Options(EdgeModel model) =>
        new() { Exact = true, ContextTokens = Math.Min(ContextTokens, model.ContextLength) };

    private static string Shown(IEnumerable<int> tokens) => $"[{string.Join(", ", tokens)}]";
}
