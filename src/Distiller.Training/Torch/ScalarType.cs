namespace Distiller.Training.Torch;

/// <summary>Element types that the shim knows; the numbers are its codes.</summary>
public enum ScalarType
{
    Float32 = 0,
    Float64 = 1,
    BFloat16 = 2,
    Int64 = 3,
}
