using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// Lets actions and page handlers take a <see cref="ServerSession"/> as a parameter. Runs only in an application with MVC, which asks for
/// its options.
/// </summary>
internal sealed class MvcParameters : IConfigureOptions<MvcOptions>, IModelBinderProvider, IBindingMetadataProvider
{
    public void Configure(MvcOptions options)
    {
        // First, so that [FromServices] has no other meaning.
        options.ModelBinderProviders.Insert(0, this);
        options.ModelMetadataDetailsProviders.Add(this);
    }

    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.ModelType == typeof(ServerSession)
            ? new ServerSessionModelBinder(
                (context.Metadata as DefaultModelMetadata)
                    ?.Attributes.Attributes.OfType<FromServerSessionsAttribute>()
                    .FirstOrDefault()
                    ?.Name
                    ?? ""
            )
            : null;

    public void CreateBindingMetadata(BindingMetadataProviderContext context)
    {
        if (context.Key.ModelType != typeof(ServerSession))
        {
            return;
        }

        // Otherwise [ApiController] takes it for the body of the request.
        context.BindingMetadata.BindingSource = BindingSource.Special;
        context.BindingMetadata.IsBindingRequired = !(
            context.Key is { ParameterInfo: { } parameter } ? SessionParameter.AllowsNull(parameter)
            : context.Key is { PropertyInfo: { } property } && SessionParameter.AllowsNull(property)
        );
    }
}
