using Distiller.Training.Lora;

namespace Distiller.Training.Model;

/// <summary>One frozen weight of the base, with the adapter's change on top where it has one.</summary>
internal sealed class Linear(string name, Tensor weight, Tensor? bias) : IDisposable
{
    public string Name => name;

    /// <summary>W[out, in]</summary>
    public Tensor Weight => weight;

    // y = Wx + b + (alpha/r) B A x
    public Tensor Forward(Tensor x, LoraAdapter? adapter)
    {
        var y = torch.nn.functional.linear(x, weight, bias); // [N, out]
        if (adapter?.Find(name) is not { } factors)
        {
            return y;
        }

        var a = factors.A.to(x.dtype); // [r, in]; the masters stay float32 where x is bfloat16
        var b = factors.B.to(x.dtype); // [out, r]
        var inner = x.mm(a.t()).mul(adapter.Scale); // [N, r]
        return torch.addmm(y, inner, b.t(), 1, 1); // [N, out]
    }

    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }
}
