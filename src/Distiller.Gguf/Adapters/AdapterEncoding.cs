namespace Distiller.Gguf;

/// <summary>How an adapter file stores its factors.</summary>
public enum AdapterEncoding
{
    /// <summary>Half precision, the original factors.</summary>
    F16,

    /// <summary>Q4_0 blocks of refitted factors, rank padded to a multiple of 32.</summary>
    Int4,
}
