using Distiller.Gguf;
using Distiller.Training.Torch;

namespace Distiller.Training.Model;

/// <summary>
/// Reads named tensors of expected shapes as floats, and finally refuses a file with tensors that were not read: ignoring
/// a bias, for example, would train a different model than the edge runs.
/// </summary>
internal sealed class WeightReader(GgufFile file, ScalarType type, Device device)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>W[out, in] of GGUF's [in, out].</summary>
    public Tensor Matrix(string name, int outer, int inner) => Read(file.GetTensor(name), [inner, outer]);

    public Tensor Vector(string name, int width) => Read(file.GetTensor(name), [width]);

    public Tensor? OptionalMatrix(string name, int outer, int inner) =>
        file.FindTensor(name) is { } found ? Read(found, [inner, outer]) : null;

    public Tensor? OptionalVector(string name, int width) =>
        file.FindTensor(name) is { } found ? Read(found, [width]) : null;

    public float[]? OptionalFloats(string name, int width)
    {
        if (file.FindTensor(name) is not { } found)
        {
            return null;
        }

        CheckShape(found, [width]);
        return file.ReadFloats(found);
    }

    public Linear Linear(string name, int outer, int inner) =>
        new(name + ".weight", Matrix(name + ".weight", outer, inner), OptionalVector(name + ".bias", outer));

    public void RefuseUnread()
    {
        if (file.Tensors.FirstOrDefault(t => !_read.Contains(t.Name)) is { } unknown)
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                $"The tensor '{unknown.Name}' has no place in the architecture '{file.Architecture}' as trained here.",
                "Use a base without it; training around it would not fit what the edge runs."
            );
        }
    }

    private Tensor Read(GgufTensor tensor, ReadOnlySpan<long> shape)
    {
        CheckShape(tensor, shape);
        if (tensor.Elements > int.MaxValue)
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                $"The tensor '{tensor.Name}' has {tensor.Elements} numbers, more than 2^31.",
                "Use a smaller base model."
            );
        }

        Span<long> outerFirst = stackalloc long[shape.Length];
        shape.CopyTo(outerFirst);
        outerFirst.Reverse();
        // TorchSharp exposes the memory through a second wrapper, which would keep it alive until a garbage collection.
        using var scope = torch.NewDisposeScope();
        var floats = torch.empty(outerFirst);
        file.ReadFloats(tensor, floats.FloatMemory());
        return scope.MoveToOuter(type == ScalarType.Float32 && !device.IsCuda ? floats : floats.to(type, device));
    }

    private void CheckShape(GgufTensor tensor, ReadOnlySpan<long> shape)
    {
        _read.Add(tensor.Name);
        if (!tensor.HasShape(shape))
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                $"The tensor '{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}]; "
                    + $"the metadata says [{string.Join(", ", shape.ToArray())}].",
                "Use a GGUF file written by a current converter."
            );
        }
    }
}
