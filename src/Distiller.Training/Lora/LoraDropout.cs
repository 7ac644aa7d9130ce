namespace Distiller.Training.Lora;

/// <summary>
/// Dropout on the inputs of the A's (Srivastava et al. 2014): x_j becomes 0 with probability <paramref name="Rate"/>, else
/// x_j / (1 - rate), so that its mean stays. The mask follows from the seed and the weight's name alone: a layer that is
/// computed again drops the same numbers, and so does a run that resumes.
/// </summary>
/// <param name="Rate">Above 0, below 1.</param>
/// <param name="Seed">Of one pass of one optimizer step.</param>
internal sealed record LoraDropout(double Rate, ulong Seed)
{
    // x [N, in] -> [N, in]
    public Tensor Of(Tensor x, string baseTensor)
    {
        using var scope = torch.NewDisposeScope();
        using var random = new torch.Generator(new SplitMix64(Seed, baseTensor).Next(), x.device);
        var drawn = torch.rand(x.shape, ScalarType.Float32, x.device, generator: random); // [N, in], in [0, 1)
        return scope.MoveToOuter(x.mul(drawn.ge(Rate).to(x.dtype)).div(1 - Rate));
    }
}
