using Distiller.Training.Lora;

namespace Distiller.Training.Model;

/// <summary>
/// A layer that keeps nothing but its input for the backward pass, and is computed once more there (activation
/// checkpointing; Chen et al., "Training deep nets with sublinear memory cost", 2016). Both passes are the same operations on
/// the same numbers, dropout included, so the gradients are those of the layer itself.
/// </summary>
internal sealed class RecomputedLayer : torch.autograd.SingleTensorFunction<RecomputedLayer>
{
    private const string Layer = "layer";
    private const int Inputs = 3; // x, cos, sin

    public override string Name => nameof(RecomputedLayer);

    // x [N, D] -> [N, D]
    public static Tensor Of(Layer layer, Tensor x, TokenRows rows, Tensor cos, Tensor sin, LoraAdapter adapter)
    {
        var factors = adapter.FactorsOf(layer.Linears.Select(l => l.Name));
        // The factors are inputs: the first layer's x has no gradient, and its factors have one.
        return apply([x, cos, sin, .. factors, new Call(layer, rows, adapter, factors)]);
    }

    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, cos, sin, call) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Call)vars[^1]);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        ctx.save_for_backward([x, cos, sin]);
        ctx.save_data(Layer, call);
        return scope.MoveToOuter(call.Layer.Forward(x, call.Rows, cos, sin, call.Adapter));
    }

    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = torch.NewDisposeScope();
        using var on = torch.enable_grad();
        var saved = ctx.get_saved_variables();
        var call = (Call)ctx.get_data(Layer);
        var x = saved[0].detach();
        x.requires_grad = true;
        var y = call.Layer.Forward(x, call.Rows, saved[1], saved[2], call.Adapter);
        var gradients = torch.autograd.grad([y], [x, .. call.Factors], [grad_output]);
        List<Tensor> result = [scope.MoveToOuter(gradients[0]), null!, null!];
        result.AddRange(gradients.Skip(1).Select(g => scope.MoveToOuter(g)));
        System.Diagnostics.Debug.Assert(result.Count == Inputs + call.Factors.Count, "One gradient for each input.");
        result.Add(null!);
        return result;
    }

    private sealed record Call(Layer Layer, TokenRows Rows, LoraAdapter Adapter, IReadOnlyList<Tensor> Factors);
}
