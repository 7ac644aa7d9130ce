using System.Text.Json;

namespace Distiller.Core;

/// <summary>
/// How likely an answer of the small model is right, by a logistic regression over what is known once it stands:
/// <c>1 / (1 + exp(-(bias + sum of weight (value - mean) / scale)))</c>.
/// </summary>
public sealed record AnswerRouter
{
    /// <summary>
    /// All features. Of which kind a task is, which a trial knows, is none of them: a device cannot tell.
    /// </summary>
    public static IReadOnlyList<string> FeatureNames { get; } =
    [
        "entropy mean",
        "entropy max",
        "margin mean",
        "margin min",
        "prompt tokens, log",
        "answer tokens, log",
        "cut off",
        "calls a tool",
        "calls as a pattern does",
    ];

    public required double Bias { get; init; }

    public required IReadOnlyList<RouterFeature> Features { get; init; }

    /// <summary><see cref="SignatureOf(ToolStep)"/> of the steps of the night's patterns, sorted.</summary>
    public required IReadOnlyList<string> KnownCalls { get; init; }

    public required RouterFit Fit { get; init; }

    /// <summary>From the least likely to the most, on tasks that the classifier had not seen.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    /// <summary>By error rate, the smallest first.</summary>
    public required IReadOnlyList<RouterThreshold> Thresholds { get; init; }

    /// <summary>0 to 1. A feature of another version is taken for its mean.</summary>
    public double Score(AnswerFacts facts)
    {
        var sum = Bias;
        foreach (var feature in Features)
        {
            if (feature.Scale > 0 && ValueOf(feature.Name, facts, KnownCalls) is { } value)
            {
                sum += feature.Weight * (value - feature.Mean) / feature.Scale;
            }
        }

        return 1 / (1 + Math.Exp(-sum));
    }

    /// <summary>Below it an answer is passed on so that of those kept at most this share is wrong; null: none may be kept.</summary>
    public double? ThresholdFor(double errorRate) => Thresholds.LastOrDefault(t => t.ErrorRate <= errorRate)?.Threshold;

    /// <returns>Null: there is no such feature.</returns>
    public static double? ValueOf(string feature, AnswerFacts facts, IReadOnlyCollection<string> knownCalls) =>
        feature switch
        {
            "entropy mean" => facts.Confidence.EntropyMean,
            "entropy max" => facts.Confidence.EntropyMax,
            "margin mean" => facts.Confidence.MarginMean,
            "margin min" => facts.Confidence.MarginMin,
            "prompt tokens, log" => Math.Log(1 + facts.PromptTokens),
            "answer tokens, log" => Math.Log(1 + facts.OutputTokens),
            "cut off" => Flag(facts.IsCut),
            "calls a tool" => Flag(facts.Calls.Count > 0),
            "calls as a pattern does" => Flag(
                facts.Calls.Count > 0 && facts.Calls.All(c => knownCalls.Contains(SignatureOf(c)))
            ),
            _ => null,
        };

    /// <summary>A tool's name and the names of the arguments, whatever their values.</summary>
    public static string SignatureOf(ToolStep step) => SignatureOf(step.Tool, step.Arguments.Select(a => a.Name));

    private static string SignatureOf(ToolCall call)
    {
        using var arguments = JsonDocument.Parse(call.ArgumentsJson);
        return SignatureOf(call.Name, arguments.RootElement.EnumerateObject().Select(p => p.Name));
    }

    private static string SignatureOf(string tool, IEnumerable<string> arguments) =>
        $"{tool}({string.Join(", ", arguments.Order(StringComparer.Ordinal))})";

    private static double Flag(bool value) => value ? 1 : 0;
}

/// <summary>What is known of an answer once it stands.</summary>
/// <param name="IsCut">Whether a limit of tokens ended it.</param>
/// <param name="Answer">What the model wrote, tool calls included.</param>
public sealed record AnswerFacts(
    AnswerConfidence Confidence,
    int PromptTokens,
    int OutputTokens,
    bool IsCut,
    string Answer
)
{
    public IReadOnlyList<ToolCall> Calls { get; } = Conversation.ParseToolCalls(Answer);
}

/// <param name="Mean">Over the answers that it was learned from.</param>
/// <param name="Scale">Their standard deviation.</param>
/// <param name="Weight">Of the value in deviations from the mean.</param>
public sealed record RouterFeature(string Name, double Mean, double Scale, double Weight);

/// <summary>How the classifier does on tasks that it has not seen: cross-validated, all answers of a task in one fold.</summary>
/// <param name="Answers">Requests of these tasks.</param>
/// <param name="Brier">Mean squared difference of what it says from what came true, 0 to 1.</param>
/// <param name="BrierConstant">The same for whoever always says the share of the other folds that is right.</param>
/// <param name="Gain">95 % interval of <paramref name="BrierConstant"/> - <paramref name="Brier"/>, by resampling tasks.</param>
public sealed record RouterFit(
    int Tasks,
    int Solved,
    int Answers,
    int Folds,
    double Brier,
    double BrierConstant,
    Interval Gain
);

/// <summary>One point of the reliability curve.</summary>
/// <param name="Predicted">Mean of what was said.</param>
/// <param name="Right">Share that came true.</param>
public sealed record ReliabilityBin(int Answers, double Predicted, double Right);

/// <summary>What a stated error rate costs, on the tasks of the trial, each judged without having been learned from.</summary>
/// <param name="ErrorRate">At most this share of the tasks that are kept is not solved.</param>
/// <param name="Threshold">An answer less likely right than this is passed on; null: none may be kept.</param>
/// <param name="Escalated">Share of the tasks of which an answer is passed on.</param>
/// <param name="Caught">Share of the unsolved tasks among them.</param>
public sealed record RouterThreshold(double ErrorRate, double? Threshold, double Escalated, double Caught);

/// <summary>What a night's trial teaches about which answers are right.</summary>
/// <param name="Verdict">In a sentence: what is part of the release, or why nothing is.</param>
/// <param name="Router">Null: nothing was shown to be better than a constant.</param>
public sealed record RoutingVerdict(string Verdict, AnswerRouter? Router);
