namespace Distiller.Training.Model;

/// <summary>Ways of stretching the context that the trainer computes as llama.cpp does.</summary>
public enum RopeScaling
{
    None,
    Linear,
    Yarn,
}
