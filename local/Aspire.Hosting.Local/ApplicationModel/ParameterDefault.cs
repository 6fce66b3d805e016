namespace Aspire.Hosting.ApplicationModel;

/// <summary>Makes the value of a parameter that was not given.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}
