"""XML signatures of НУЦ РК files: enveloped XMLDSig over a whole document."""
