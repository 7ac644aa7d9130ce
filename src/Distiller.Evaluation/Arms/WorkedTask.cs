namespace Distiller.Evaluation;

/// <summary>A task as one arm worked it, with its requests in their order.</summary>
internal sealed record WorkedTask(TrialRow Row, IReadOnlyList<RequestRow> Requests)
{
    public long Tokens => Row.InputTokens + Row.CacheReadTokens + Row.CacheWriteTokens + Row.OutputTokens;

    public double Usd(Price price) => Requests.Sum(r => Billing.Usd(price, r));
}
