namespace Distiller.Registry;

/// <summary>The base an adapter belongs to; it fits no other, however equal in shape.</summary>
/// <param name="Sha256">Of the GGUF file, 64 lower-case hex digits.</param>
public sealed record BaseModel(string Name, string Sha256, string Architecture);
