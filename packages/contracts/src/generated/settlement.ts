// Generated from solidity/OblivionSettlement.sol by packages/contracts/generate.ts. Do not edit.

/** ABI of OblivionSettlement. */
export const settlementAbi = [
  {
    "type": "constructor",
    "inputs": [
      {
        "name": "token_",
        "type": "address",
        "internalType": "contract IERC20"
      },
      {
        "name": "roles",
        "type": "tuple",
        "internalType": "struct IStewards.Roles",
        "components": [
          {
            "name": "settler",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "guardian",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "admin",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "treasury",
            "type": "address",
            "internalType": "address"
          }
        ]
      },
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct IStewards.Terms",
        "components": [
          {
            "name": "exitDelay",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitWindow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxPause",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cadence",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "claimCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "defaultDailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxFeeBps",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "admin",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cadence",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cancel",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cancelExit",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "changeDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "changeOf",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "charge",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "chargeCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargeable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedFeeOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimBatch",
    "inputs": [
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claimTo",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "collectFees",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "customerOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ICustomers.Customer",
        "components": [
          {
            "name": "escrow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "charged",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargedFee",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "dailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeable",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exiting",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitRipeAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitLapsesAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "defaultDailyCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "deposit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "depositWithPermit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "deadline",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "v",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "r",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "s",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "eip712Domain",
    "inputs": [],
    "outputs": [
      {
        "name": "fields",
        "type": "bytes1",
        "internalType": "bytes1"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "chainId",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "verifyingContract",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "extensions",
        "type": "uint256[]",
        "internalType": "uint256[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "escrowOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "execute",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "exitDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "exitWindow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "fees",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "guardian",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "lower",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "maxFeeBps",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "maxPause",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pause",
    "inputs": [
      {
        "name": "duration",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "pauseLeft",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pausedUntil",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "personalDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "pool",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "propose",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "providerOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct IProviders.Provider",
        "components": [
          {
            "name": "settled",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "payee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayeeAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "requestExit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "resume",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "revokeSettler",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setDailyCap",
    "inputs": [
      {
        "name": "dailyCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setPayee",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settleBatch",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settledOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "settler",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "token",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "contract IERC20"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "topUp",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "totalEscrow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "treasury",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "withdraw",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "event",
    "name": "ChangeCancelled",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChangeProposed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Changed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChargeFellShort",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Charged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "cumulativeFee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "fee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ClaimFellShort",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Claimed",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CustomerCapChanged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "dailyCap",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Deposited",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EIP712DomainChanged",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitCancelled",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitRequested",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "ripeAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "FeesCollected",
    "inputs": [
      {
        "name": "treasury",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "PayeeChanged",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "payee",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Resumed",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "SettlerRevoked",
    "inputs": [
      {
        "name": "settler",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ToppedUp",
    "inputs": [
      {
        "name": "from",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Withdrawn",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "InvalidShortString",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_CapTooLarge",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "largest",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeTooEarly",
    "inputs": [
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ClaimCapReached",
    "inputs": [
      {
        "name": "claimCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitNotRipe",
    "inputs": [
      {
        "name": "ripeAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidAddress",
    "inputs": [
      {
        "name": "given",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidTerms",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "bound",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidValue",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoChange",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotAllowed",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "expected",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotPaused",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToClaim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "settled",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToDeposit",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToTopUp",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PauseTooLong",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "left",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PayeeRefused",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PoolEmpty",
    "inputs": [
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_WrongSigner",
    "inputs": [
      {
        "name": "recovered",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "settler",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ReentrancyGuardReentrantCall",
    "inputs": []
  },
  {
    "type": "error",
    "name": "SafeCastOverflowedUintDowncast",
    "inputs": [
      {
        "name": "bits",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StringTooLong",
    "inputs": [
      {
        "name": "str",
        "type": "string",
        "internalType": "string"
      }
    ]
  }
] as const

/** Creation bytecode of OblivionSettlement, without constructor arguments. */
export const settlementBytecode = '0x610220604052348015610010575f5ffd5b5060405161625338038061625383398101604081905261002f91610928565b6040518060400160405280601281526020017113d89b1a5d9a5bdb94d95d1d1b195b595b9d60721b815250604051806040016040528060018152602001603160f81b815250848484826001600160a01b03163b5f036100b157604051637b51e33160e01b81526001600160a01b03841660048201526024015b60405180910390fd5b6001600160a01b03831660805260408101516100d09062093a80610350565b60608101516100e090600161037f565b8051606082015161011691906100f7906002610a3d565b83604001516101069190610a54565b610111906001610a54565b61037f565b8051610125906276a700610350565b6020810151610137906201518061037f565b6020810151610149906276a700610350565b60c081015161015f9066ffffffffffffff610350565b805160a052602081015160c0908152604082015160e05260608201516101005281015161012052815161019c905f906001600160a01b03166103aa565b6101ba600183602001516001600160a01b03166103aa60201b60201c565b6101d8600283604001516001600160a01b03166103aa60201b60201c565b6101f6600383606001516001600160a01b03166103aa60201b60201c565b61020b600482608001516103aa60201b60201c565b61022060058260a001516103aa60201b60201c565b61023560068260e001516103aa60201b60201c565b60808101516002805466ffffffffffffff9283166701000000000000000266ffffffffffffff60381b1990911617905560a09091015160018054919092166c010000000000000000000000000266ffffffffffffff60601b19909116179055506102a090508261063f565b6101e0526102ad8161063f565b6102005281516020808401919091206101a0528151908201206101c052466101605261033c6101a0516101c051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b610140525050306101805250610b32915050565b8082111561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b5050565b8082101561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b6103b4828261067c565b5f8260068111156103c7576103c7610a67565b036103ec575f80546001600160a01b0383166001600160a01b03199091161790555050565b600182600681111561040057610400610a67565b0361042657600480546001600160a01b0383166001600160a01b03199091161790555050565b600282600681111561043a5761043a610a67565b0361046057600580546001600160a01b0383166001600160a01b03199091161790555050565b600382600681111561047457610474610a67565b0361049a57600680546001600160a01b0383166001600160a01b03199091161790555050565b60048260068111156104ae576104ae610a67565b0361054d576002545f906104e79066ffffffffffffff670100000000000000820481169164ffffffffff600160701b8204169116610809565b90506104f38183610857565b60028054600160381b600160981b03191667010000000000000066ffffffffffffff9384160264ffffffffff60701b191617600160701b4264ffffffffff16021766ffffffffffffff191693909116929092179091555050565b600582600681111561056157610561610a67565b0361061f576001545f805490916105aa9166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff600160981b9091041691600160c81b900416610809565b90506105b68183610857565b60018054600160601b600160c01b0319166c0100000000000000000000000066ffffffffffffff9384160264ffffffffff60981b191617600160981b4264ffffffffff16021790555f80546001600160c81b0316600160c81b9490921693909302179091555050565b6002805461ffff8316600160981b0261ffff60981b199091161790555050565b5f5f829050601f81511115610669578260405163305a27a960e01b81526004016100a89190610a7b565b805161067482610ab0565b179392505050565b600382600681111561069057610690610a67565b116107bb57806001600160a01b038111806106b157506106af81610867565b155b156106d3578282604051630982b3f560e21b81526004016100a8929190610ad6565b5f808460068111156106e7576106e7610a67565b1415801561070157505f546001600160a01b038381169116145b806107365750600184600681111561071b5761071b610a67565b1415801561073657506004546001600160a01b038381169116145b8061076b5750600284600681111561075057610750610a67565b1415801561076b57506005546001600160a01b038381169116145b905080801561078c5750600384600681111561078957610789610a67565b14155b156107b557604051637b51e33160e01b81526001600160a01b03831660048201526024016100a8565b50505050565b60068260068111156107cf576107cf610a67565b146107e15766ffffffffffffff6107e5565b6127105b81111561037b578181604051630982b3f560e21b81526004016100a8929190610ad6565b5f818410610818575082610850565b61084d826201518061082a8642610b00565b6108349086610a3d565b61083e9190610b13565b6108489087610a54565b610857565b90505b9392505050565b8082108183180281185b92915050565b5f6001600160a01b0382161580159061089457506080516001600160a01b0316826001600160a01b031614155b801561086157506001600160a01b03821630141592915050565b6001600160a01b03811681146108c2575f5ffd5b50565b604051608081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b60405290565b60405161010081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b5f5f5f8385036101a081121561093c575f5ffd5b8451610947816108ae565b93506080601f198201121561095a575f5ffd5b6109626108c5565b6020860151610970816108ae565b81526040860151610980816108ae565b60208201526060860151610993816108ae565b604082015260808601516109a6816108ae565b60608201529250610100609f19820112156109bf575f5ffd5b506109c86108f9565b60a085810151825260c080870151602084015260e08088015160408501526101008801516060850152610120880151608085015261014088015192840192909252610160870151908301526101809095015194810194909452509093909250565b634e487b7160e01b5f52601160045260245ffd5b808202811582820484141761086157610861610a29565b8082018082111561086157610861610a29565b634e487b7160e01b5f52602160045260245ffd5b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b80516020808301519190811015610ad0575f198160200360031b1b821691505b50919050565b6040810160078410610af657634e487b7160e01b5f52602160045260245ffd5b9281526020015290565b8181038181111561086157610861610a29565b5f82610b2d57634e487b7160e01b5f52601260045260245ffd5b500490565b60805160a05160c05160e05161010051610120516101405161016051610180516101a0516101c0516101e0516102005161560f610c445f395f613c6901525f613c3e01525f614e1e01525f614df601525f614d5101525f614d7b01525f614da501525f818161073401526129e101525f6107db01525f818161078101528181610f410152818161269901526126c401525f818161040f015281816113bf015281816113f001528181611db201526120d901525f81816104bf01528181611d0e015261243f01525f8181610969015281816115d401528181611887015281816119f90152818161251e01528181613279015281816134690152818161408a01528181614ac40152614bb2015261560f5ff3fe608060405234801561000f575f5ffd5b5060043610610330575f3560e01c806384b0196e116101b3578063b9219a54116100f3578063da748b101161009e578063f851a44011610079578063f851a44014610931578063fa646c0f14610951578063fc0c546a14610964578063fdf364e41461098b575f5ffd5b8063da748b10146108c0578063e038c3da146108e6578063e59140fc14610929575f5ffd5b8063c8796572116100ce578063c87965721461089c578063d175da5c146108a4578063d1fa43d5146108b7575f5ffd5b8063b9219a541461085e578063bf769a3f14610871578063c55e4af814610894575f5ffd5b8063a2f9c4081161015e578063ad94bd1b11610139578063ad94bd1b146107d6578063af38d757146107fd578063b6b55f2514610805578063b6fd905414610818575f5ffd5b8063a2f9c4081461077c578063a3d89844146107a3578063ab221a76146107b9575f5ffd5b80638fd1d4211161018e5780638fd1d421146106a45780639239c1d61461072f5780639af1d35a14610756575f5ffd5b806384b0196e14610663578063876357791461067e5780638f0bc15214610691575f5ffd5b8063392d14521161027e578063508b26bd1161022957806361d027b31161020457806361d027b3146105ca578063721c6513146105ea578063740abee8146105fd578063822fc34e14610610575f5ffd5b8063508b26bd146105a75780635261e298146105af57806359a5fbb1146105b7575f5ffd5b8063452a932011610259578063452a93201461053c5780634a970be71461058157806350017f3e14610594575f5ffd5b8063392d1452146104f45780633ccfd60b14610521578063410459ad14610529575f5ffd5b806316f0115b116102de57806321338b38116102b957806321338b381461044457806328388630146104ba5780632959932f146104e1575f5ffd5b806316f0115b146103f45780631e29848b1461040a5780631ea2008314610431575f5ffd5b80630840a44a1161030e5780630840a44a146103a0578063091a9b05146103b3578063136439dd146103e1575f5ffd5b80630265190314610334578063046f7da21461035457806305caf43c1461035e575b5f5ffd5b60025466ffffffffffffff165b6040519081526020015b60405180910390f35b61035c610993565b005b61034161036c366004614fd1565b73ffffffffffffffffffffffffffffffffffffffff165f908152600960205260409020546affffffffffffffffffffff1690565b61035c6103ae366004614fea565b610aeb565b6103c66103c136600461500f565b610df0565b6040805193845260208401929092529082015260600161034b565b61035c6103ef366004614fea565b610e7e565b6001546bffffffffffffffffffffffff16610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c61043f36600461500f565b611012565b610457610452366004614fd1565b6110d6565b60405161034b91905f6080820190508251825273ffffffffffffffffffffffffffffffffffffffff602084015116602083015273ffffffffffffffffffffffffffffffffffffffff60408401511660408301526060830151606083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c6104ef3660046150ae565b611219565b5f54790100000000000000000000000000000000000000000000000000900466ffffffffffffff16610341565b61035c6112f2565b61035c610537366004614fd1565b611615565b60045461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b60405173ffffffffffffffffffffffffffffffffffffffff909116815260200161034b565b61035c61058f36600461511a565b6117fc565b61035c6105a2366004614fea565b611907565b610341611a29565b61035c611a6d565b61035c6105c5366004615164565b611b27565b60065461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b61035c6105f8366004614fea565b611c97565b61035c61060b3660046151cd565b611e00565b61034161061e366004614fd1565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020546c0100000000000000000000000090046bffffffffffffffffffffffff1690565b61066b611e75565b60405161034b979695949392919061524e565b61035c61068c36600461530d565b611ed3565b61035c61069f3660046153ac565b611f5b565b6106b76106b2366004614fd1565b611ff0565b60405161034b91905f61014082019050825182526020830151602083015260408301516040830152606083015160608301526080830151608083015260a083015160a083015260c083015160c083015260e083015160e083015261010083015161010083015261012083015161012083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b6003546c0100000000000000000000000090046bffffffffffffffffffffffff16610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b6003546bffffffffffffffffffffffff16610341565b5f5473ffffffffffffffffffffffffffffffffffffffff1661055c565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b610341612292565b61035c610813366004614fea565b6122fc565b610341610826366004614fd1565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020600101546bffffffffffffffffffffffff1690565b61035c61086c366004615164565b612337565b600254730100000000000000000000000000000000000000900461ffff16610341565b610341612435565b61035c612463565b61035c6108b23660046153ac565b61255d565b62015180610341565b5f5474010000000000000000000000000000000000000000900464ffffffffff16610341565b6103416108f4366004614fd1565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020546bffffffffffffffffffffffff1690565b610341612635565b60055461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b61035c61095f36600461500f565b6126ea565b61055c7f000000000000000000000000000000000000000000000000000000000000000081565b61035c612862565b61099b6128e3565b6005546109bd9073ffffffffffffffffffffffffffffffffffffffff16612918565b5f5474010000000000000000000000000000000000000000900464ffffffffff16428111610a17576040517f1dfacf1c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b610a214282615417565b60048054601490610a5290849074010000000000000000000000000000000000000000900464ffffffffff1661542a565b82546101009290920a64ffffffffff8181021990931691831602179091555f80547fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff167401000000000000000000000000000000000000000042909316929092029190911781556040517f62451d457bc659158be6e6247f56ec1df424a5c7597f71c20c2bc44e0965c8f99250a150610ae9612985565b565b610af36128e3565b66ffffffffffffff811115610b49576040517fbcbfc2340000000000000000000000000000000000000000000000000000000081526004810182905266ffffffffffffff60248201526044015b60405180910390fd5b335f9081526008602052604081209080610b62836129af565b6001850180547fffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffffff168388117901000000000000000000000000000000000000000000000000009081029190911791829055929450909250429160ff91041615610c6857610bd26201518082615447565b6002850180547fffffff000000000000000000000000ffffffffffffffffffffffffffffffffff167101000000000000000000000000000000000066ffffffffffffff8916027fffffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffff1617780100000000000000000000000000000000000000000000000064ffffffffff8416021790559050610c6c565b8492505b83547f010000000000000000000000000000000000000000000000000000000000000077ffffffffffffffffffffffffffffffffffffffffffffffff909116780100000000000000000000000000000000000000000000000066ffffffffffffff80871682027effffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff16929092179290921786556001860180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c01000000000000000000000000928616929092027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16919091177301000000000000000000000000000000000000004264ffffffffff1602177fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff169091179055604080518681526020810183905233917f19eb6e63de830ea602ea5be00b35bc28a27da2ff7e7b54bf61af8b526f03a578910160405180910390a250505050610ded612985565b50565b5f5f5f5f60075f866006811115610e0957610e0961545a565b6006811115610e1a57610e1a61545a565b815260208082019290925260409081015f9081208251808401909352805483526001015492820183905290925003610e5b575f5f5f93509350935050610e77565b80516020820151610e6f6212750082615447565b935093509350505b9193909250565b610e866128e3565b600454610ea89073ffffffffffffffffffffffffffffffffffffffff16612918565b5f610eb1612635565b9050811580610ebf57508082115b15610f00576040517f2184c38e0000000000000000000000000000000000000000000000000000000081526004810183905260248101829052604401610b40565b5f80548390610f2e9074010000000000000000000000000000000000000000900464ffffffffff1642612b7e565b610f389190615447565b905082610f65837f0000000000000000000000000000000000000000000000000000000000000000615417565b610f6f9190615447565b6004805464ffffffffff928316740100000000000000000000000000000000000000009081027fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff928316179092555f805493851690920292169190911790556040517f32fb7c9891bc4f963c7de9f1186d2a7755c7d6e9f4604dabe1d8bb3027c2f49e906110009083815260200190565b60405180910390a15050610ded612985565b61101a6128e3565b60055461103c9073ffffffffffffffffffffffffffffffffffffffff16612918565b5f61104682612b92565b905060075f83600681111561105d5761105d61545a565b600681111561106e5761106e61545a565b815260208101919091526040015f908120818155600101558160068111156110985761109861545a565b81516040519081527fe55b564486fe046e6e593cd1c01977c6c3e6c574ed62bca125c4ee7f59a41a859060200160405180910390a250610ded612985565b604080516080810182525f80825260208201819052918101829052606081019190915273ffffffffffffffffffffffffffffffffffffffff8281165f90815260096020908152604080832054600a835281842082518084019093525494851682527401000000000000000000000000000000000000000090940464ffffffffff1691810191909152906b0100000000000000000000008316158015906111865750816020015164ffffffffff1642105b905060405180608001604052806affffffffffffffffffffff8016851681526020016111b28786612c36565b73ffffffffffffffffffffffffffffffffffffffff168152602001826111d8575f6111db565b83515b73ffffffffffffffffffffffffffffffffffffffff16815260200182611201575f611207565b83602001515b64ffffffffff16905295945050505050565b6112216128e3565b61127e7f4f3437902c86897b15c2978d51008721710980f7468706f65bd7d75e7619ca4261124f8686612ccb565b604080516020810193909352820152606001604051602081830303815290604052805190602001208383612e48565b505f61128a8585612fa8565b905080156112e357600180548291905f906112b49084906bffffffffffffffffffffffff16615487565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055505b506112ec612985565b50505050565b6112fa6128e3565b335f908152600860205260408120600281015490916bffffffffffffffffffffffff9091169081900361135b576040517f99e3987e000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b60028201546c01000000000000000000000000900464ffffffffff16428111156113ba576040517f2d69372000000000000000000000000000000000000000000000000000000000815260048101829052426024820152604401610b40565b6113e47f000000000000000000000000000000000000000000000000000000000000000082615447565b421115611451576114157f000000000000000000000000000000000000000000000000000000000000000082615447565b6040517f729a626b0000000000000000000000000000000000000000000000000000000081526004810191909152426024820152604401610b40565b82545f906bffffffffffffffffffffffff908116908416106114825783546bffffffffffffffffffffffff16611484565b825b6002850180547fffffffffffffffffffffffffffffffffffffffff0000000000000000000000001690558454909150819085905f906114d29084906bffffffffffffffffffffffff166154ab565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055508060035f015f8282829054906101000a90046bffffffffffffffffffffffff1661152a91906154ab565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055503373ffffffffffffffffffffffffffffffffffffffff167f7084f5476618d8e60b11ef0d7d3f06914655adb8793e28ff7f018d4c76d505d5826040516115b291906bffffffffffffffffffffffff91909116815260200190565b60405180910390a261160973ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016336bffffffffffffffffffffffff84166131f6565b50505050610ae9612985565b61161d6128e3565b61162681613256565b611674576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff82166004820152602401610b40565b335f818152600960205260408120805490929091906116939083612c36565b6affffffffffffffffffffff929092167fffffffffffffffffffffffffffffffffffffffff000000000000000000000000606084901b16179190504273ffffffffffffffffffffffffffffffffffffffff858116908316146117a0576116fc6201518082615447565b60408051808201825273ffffffffffffffffffffffffffffffffffffffff808916825264ffffffffff8085166020808501918252335f908152600a9091529490942092518354945190911674010000000000000000000000000000000000000000027fffffffffffffff000000000000000000000000000000000000000000000000009094169116179190911790556b010000000000000000000000939093179290505b82845560405181815273ffffffffffffffffffffffffffffffffffffffff86169033907f969ee023886923c12389a0cc271c45d2e256dab85d93aed9d172382949cf20a99060200160405180910390a350505050610ded612985565b6118046128e3565b5f5461182e9074010000000000000000000000000000000000000000900464ffffffffff166132ef565b6040517fd505accf000000000000000000000000000000000000000000000000000000008152336004820152306024820152604481018690526064810185905260ff8416608482015260a4810183905260c481018290527f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff169063d505accf9060e4015f604051808303815f87803b1580156118dd575f5ffd5b505af19250505080156118ee575060015b506118f88561332c565b611900612985565b5050505050565b61190f6128e3565b805f03611948576040517f3910c68a00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b60015461196d906119689083906bffffffffffffffffffffffff16615447565b613491565b600180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff9290921691909117905560405181815233907fa64c2da41decbd538f8629e54c8fa0b7362c9102b691386a0fb6a1797454e9c69060200160405180910390a2611a2173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163330846134e6565b610ded612985565b6002545f90611a689066ffffffffffffff670100000000000000820481169164ffffffffff6e0100000000000000000000000000008204169116613542565b905090565b611a756128e3565b60055473ffffffffffffffffffffffffffffffffffffffff163314611ab657600454611ab69073ffffffffffffffffffffffffffffffffffffffff16612918565b5f805460405173ffffffffffffffffffffffffffffffffffffffff909116917f6fb1d52d3d220b332827a2d78aaa8fc2da7c48e2a2e29e1c264291787628e89e91a25f80547fffffffffffffffffffffffff0000000000000000000000000000000000000000169055610ae9612985565b611b2f6128e3565b600554611b519073ffffffffffffffffffffffffffffffffffffffff16612918565b5f6004836006811115611b6657611b6661545a565b03611b7d575060025466ffffffffffffff16611bfd565b6005836006811115611b9157611b9161545a565b03611bc457505f54790100000000000000000000000000000000000000000000000000900466ffffffffffffff16611bfd565b6006836006811115611bd857611bd861545a565b03611bfd5750600254730100000000000000000000000000000000000000900461ffff165b808210611c3a5782826040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615508565b611c448383613589565b826006811115611c5657611c5661545a565b6040518381527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a906020015b60405180910390a250611c93612985565b5050565b611c9f6128e3565b335f9081526008602052604081208054909190611ccb9084906bffffffffffffffffffffffff166139c0565b9050805f03611d08576040517f2c7c755b000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b5f611d337f000000000000000000000000000000000000000000000000000000000000000042615447565b60028401805464ffffffffff83166c01000000000000000000000000027fffffffffffffffffffffffffffffff00000000000000000000000000000000009091166bffffffffffffffffffffffff8616171790559050337fcbc315c2c4c3294d0be4c523a6e9f963ffd00e687f81c4e7480e1fb138b0fe458383611dd77f000000000000000000000000000000000000000000000000000000000000000082615447565b6040805193845260208401929092529082015260600160405180910390a2505050610ded612985565b611e086128e3565b5f611e677f78c53cc6a431f7023e97d221cb09649013d1deb671f20b58018a9f447c67565c611e3787876139cf565b6040805160208101939093528201526060015b604051602081830303815290604052805190602001208484612e48565b90506112e38585835f613a34565b5f6060805f5f5f6060611e86613c37565b611e8e613c62565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b611edb6128e3565b5f611f337f2879ce6166d56cd53a49d22814f1ac28e649e0baf57c100e84f6f588a53de32d611f0a8989612ccb565b611f1488886139cf565b6040805160208101949094528301919091526060820152608001611e4a565b9050611f4a858583611f458b8b612fa8565b613a34565b50611f53612985565b505050505050565b611f636128e3565b611fe8845f85611fe3611fdc8989604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd934460208083019190915273ffffffffffffffffffffffffffffffffffffffff9490941681830152606080820193909352815180820390930183526080019052805191012090565b8787612e48565b613c8d565b6112ec612985565b61203c6040518061014001604052805f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81525090565b73ffffffffffffffffffffffffffffffffffffffff82165f908152600860205260408120908061206b836129af565b600185015491935091505f90790100000000000000000000000000000000000000000000000000900460ff1680156120c9575060028401547801000000000000000000000000000000000000000000000000900464ffffffffff1642105b60028501549091505f90612115907f0000000000000000000000000000000000000000000000000000000000000000906c01000000000000000000000000900464ffffffffff16615447565b60028601549091505f906bffffffffffffffffffffffff161580159061213b5750814211155b604080516101408101825288546bffffffffffffffffffffffff80821683526c010000000000000000000000009091048116602083015260018a01541691810191909152606081018790526080810186905290915060a081018461219f575f6121c3565b600288015471010000000000000000000000000000000000900466ffffffffffffff165b66ffffffffffffff168152602001846121dc575f612205565b60028801547801000000000000000000000000000000000000000000000000900464ffffffffff165b64ffffffffff1681526020018261221c575f61223e565b6002880154885461223e916bffffffffffffffffffffffff90811691166139c0565b81526020018261224e575f61226b565b60028801546c01000000000000000000000000900464ffffffffff165b64ffffffffff16815260200182612282575f612284565b835b905298975050505050505050565b6001545f80549091611a689166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff7301000000000000000000000000000000000000009091041691790100000000000000000000000000000000000000000000000000900416613542565b6123046128e3565b5f5461232e9074010000000000000000000000000000000000000000900464ffffffffff166132ef565b611a218161332c565b61233f6128e3565b6005546123619073ffffffffffffffffffffffffffffffffffffffff16612918565b61236b82826140be565b5f612374612435565b61237e9042615447565b905060405180604001604052808381526020018281525060075f8560068111156123aa576123aa61545a565b60068111156123bb576123bb61545a565b81526020808201929092526040015f20825181559101516001909101558260068111156123ea576123ea61545a565b7f237af1a06ba0f38639c45568054011dd3be15a2f79be3b8c58116193cdce5afe838361241a6212750082615447565b60408051938452602084019290925290820152606001611c82565b5f611a686202a3007f0000000000000000000000000000000000000000000000000000000000000000615447565b61246b6128e3565b600380546006547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff82169092556040516c010000000000000000000000009091046bffffffffffffffffffffffff168082529173ffffffffffffffffffffffffffffffffffffffff169081907f9dc46f23cfb5ddcad0ae7ea2be38d47fec07bb9382ec7e564efc69e036dd66ce9060200160405180910390a261255373ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016826bffffffffffffffffffffffff85166131f6565b5050610ae9612985565b6125656128e3565b61256e84613256565b6125bc576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff85166004820152602401610b40565b611fe8338585611fe3611fdc3389604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd934460208083019190915273ffffffffffffffffffffffffffffffffffffffff9490941681830152606080820193909352815180820390930183526080019052805191012090565b5f805481906126679062278d009074010000000000000000000000000000000000000000900464ffffffffff16615447565b4210159050806126c2576004546126bd9074010000000000000000000000000000000000000000900464ffffffffff167f0000000000000000000000000000000000000000000000000000000000000000615417565b6126e4565b7f00000000000000000000000000000000000000000000000000000000000000005b91505090565b6126f26128e3565b6005546127149073ffffffffffffffffffffffffffffffffffffffff16612918565b5f61271e82612b92565b9050806020015142101561276d5760208101516040517fb2b86c140000000000000000000000000000000000000000000000000000000081526004810191909152426024820152604401610b40565b5f6212750082602001516127819190615447565b9050804211156127c6576040517f3614fd1d00000000000000000000000000000000000000000000000000000000815260048101829052426024820152604401610b40565b60075f8460068111156127db576127db61545a565b60068111156127ec576127ec61545a565b815260208101919091526040015f908120818155600101558151612811908490613589565b8260068111156128235761282361545a565b82516040519081527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a9060200160405180910390a25050610ded612985565b61286a6128e3565b335f908152600860205260408120600201546bffffffffffffffffffffffff1690036128c4576040517f99e3987e000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b335f9081526008602052604090206128db906142d1565b610ae9612985565b6128eb614345565b610ae960017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b9061439e565b3373ffffffffffffffffffffffffffffffffffffffff821614610ded576040517f64209d7000000000000000000000000000000000000000000000000000000000815233600482015273ffffffffffffffffffffffffffffffffffffffff82166024820152604401610b40565b610ae95f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f00612912565b80545f9081907f0100000000000000000000000000000000000000000000000000000000000000900460ff16612a05577f0000000000000000000000000000000000000000000000000000000000000000612a2d565b82547801000000000000000000000000000000000000000000000000900466ffffffffffffff165b60018401549092507801000000000000000000000000000000000000000000000000900460ff16612a5e5781612aa5565b6001830154612aa5906c01000000000000000000000000810466ffffffffffffff1690730100000000000000000000000000000000000000900464ffffffffff1684613542565b6001840154909150790100000000000000000000000000000000000000000000000000900460ff168015612b00575060028301547801000000000000000000000000000000000000000000000000900464ffffffffff164210155b15612b79576002830154612b51908290612b4c9071010000000000000000000000000000000000900466ffffffffffffff1685612b3d8285615447565b612b479190615417565b6139c0565b612b7e565b600284015471010000000000000000000000000000000000900466ffffffffffffff16925090505b915091565b5f8282188284110282185b90505b92915050565b604080518082019091525f808252602082015260075f836006811115612bba57612bba61545a565b6006811115612bcb57612bcb61545a565b815260208082019290925260409081015f9081208251808401909352805483526001015492820183905290925003612c3157816040517f2606de91000000000000000000000000000000000000000000000000000000008152600401610b409190615550565b919050565b5f6b010000000000000000000000821615612cb95773ffffffffffffffffffffffffffffffffffffffff8381165f908152600a602090815260409182902082518084019093525492831682527401000000000000000000000000000000000000000090920464ffffffffff16918101829052904210612cb757519050612b8c565b505b50606081901c80612b8c575090919050565b5f808267ffffffffffffffff811115612ce657612ce6615523565b604051908082528060200260200182016040528015612d0f578160200160208202803683370190505b5090505f5b83811015612e17577fd6c0d1fe7657e7332b3f57004ee1759956f750b1ee23b7a9b88a54167283d8e6858583818110612d4f57612d4f61555e565b612d659260206060909202019081019150614fd1565b868684818110612d7757612d7761555e565b90506060020160200135878785818110612d9357612d9361555e565b90506060020160400135604051602001612ddc949392919093845273ffffffffffffffffffffffffffffffffffffffff9290921660208401526040830152606082015260800190565b60405160208183030381529060405280519060200120828281518110612e0457612e0461555e565b6020908102919091010152600101612d14565b5080604051602001612e29919061558b565b6040516020818303038152906040528051906020012091505092915050565b604080516060810182525f805473ffffffffffffffffffffffffffffffffffffffff8116835274010000000000000000000000000000000000000000810464ffffffffff166020840181905279010000000000000000000000000000000000000000000000000090910466ffffffffffffff169383019390935291612ecc906132ef565b5f612ee0612ed9876143a5565b86866143ec565b50509050815f015173ffffffffffffffffffffffffffffffffffffffff168173ffffffffffffffffffffffffffffffffffffffff16141580612f36575073ffffffffffffffffffffffffffffffffffffffff8116155b15612f905781516040517f2ba166fc00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff80841660048301529091166024820152604401610b40565b506040015166ffffffffffffff1690505b9392505050565b6040805160808101825260025466ffffffffffffff8082168084526701000000000000008304909116602084018190526e010000000000000000000000000000830464ffffffffff1694840185905273010000000000000000000000000000000000000090920461ffff1660608401525f93849261302892909190613542565b90505f80805b86811015613097575f5f61306d8a8a8581811061304d5761304d61555e565b905060600201868861305f9190615417565b896060015161ffff16614433565b909250905061307c8286615447565b94506130888185615447565b9350505080600101905061302e565b50815f036130ab575f945050505050612b8c565b6130b58284615417565b600280547fffffffffffffffffffffffffff000000000000000000000000ffffffffffffff1667010000000000000066ffffffffffffff93909316929092027fffffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffff16919091176e0100000000000000000000000000004264ffffffffff1602179055600380548391905f906131589084906bffffffffffffffffffffffff166154ab565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055508060035f01600c8282829054906101000a90046bffffffffffffffffffffffff166131b19190615487565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff16021790555080826131eb9190615417565b979650505050505050565b61320383838360016148bb565b613251576040517f5274afe700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff84166004820152602401610b40565b505050565b5f73ffffffffffffffffffffffffffffffffffffffff8216158015906132c857507f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff1614155b8015612b8c575073ffffffffffffffffffffffffffffffffffffffff821630141592915050565b80421015610ded576040517f0bf7261300000000000000000000000000000000000000000000000000000000815260048101829052602401610b40565b805f03613364576040517e437e0200000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b335f908152600860205260409020600354613392906119689084906bffffffffffffffffffffffff16615447565b600380547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff9283161790558154839183915f916133df91859116615487565b82546101009290920a6bffffffffffffffffffffffff81810219909316918316021790915560028301541615905061341a5761341a816142d1565b60405182815233907f2da466a7b24304f47e87fa2e1e5a81b9831ce54fec19055ce277ca2f39ba42c49060200160405180910390a2611c9373ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163330856134e6565b5f6bffffffffffffffffffffffff8211156134e2576040517f6dfcc6500000000000000000000000000000000000000000000000000000000081526060600482015260248101839052604401610b40565b5090565b6134f4848484846001614943565b6112ec576040517f5274afe700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff85166004820152602401610b40565b5f818410613551575082612fa1565b61358182620151806135638642615417565b61356d90866155c0565b61357791906155d7565b612b479087615447565b949350505050565b61359382826140be565b5f8260068111156135a6576135a661545a565b036135f0575f805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60018260068111156136045761360461545a565b0361364f576004805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60028260068111156136635761366361545a565b036136ae576005805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60038260068111156136c2576136c261545a565b0361370d576006805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60048260068111156137215761372161545a565b0361381a576002545f906137659066ffffffffffffff670100000000000000820481169164ffffffffff6e0100000000000000000000000000008204169116613542565b905061377181836139c0565b600280547fffffffffffffffffffffffffff000000000000000000000000ffffffffffffff1667010000000000000066ffffffffffffff938416027fffffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffff16176e0100000000000000000000000000004264ffffffffff1602177fffffffffffffffffffffffffffffffffffffffffffffffffff000000000000001693909116929092179091555050565b600582600681111561382e5761382e61545a565b03613976576001545f8054909161389d9166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff7301000000000000000000000000000000000000009091041691790100000000000000000000000000000000000000000000000000900416613542565b90506138a981836139c0565b600180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c0100000000000000000000000066ffffffffffffff938416027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16177301000000000000000000000000000000000000004264ffffffffff16021790555f805478ffffffffffffffffffffffffffffffffffffffffffffffffff167901000000000000000000000000000000000000000000000000009490921693909302179091555050565b6002805461ffff8316730100000000000000000000000000000000000000027fffffffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffff9091161790555050565b5f828218828410028218612b89565b6040517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd93448082525f9160608101600585901b845b81811015613a285760408160011b890160208601376060842083820152602001613a03565b50902095945050505050565b604080516060810182526001546bffffffffffffffffffffffff811682526c01000000000000000000000000810466ffffffffffffff166020830181905273010000000000000000000000000000000000000090910464ffffffffff1692820183905290915f91613aa59186613542565b90505f83835f01516bffffffffffffffffffffffff16613ac59190615447565b90505f613ad282846139c0565b90505f613ae08989846149d6565b613aea9083615417565b9050805f03613b3c578515613b3257600180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff85161790555b50505050506112ec565b60405180606001604052808285613b539190615417565b6bffffffffffffffffffffffff168152602001613b708387615417565b66ffffffffffffff908116825264ffffffffff42811660209384015283516001805494860151604090960151909216730100000000000000000000000000000000000000027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff959093166c01000000000000000000000000027fffffffffffffffffffffffffff000000000000000000000000000000000000009094166bffffffffffffffffffffffff909116179290921792909216919091179055505050505050505050565b6060611a687f0000000000000000000000000000000000000000000000000000000000000000614cfb565b6060611a687f0000000000000000000000000000000000000000000000000000000000000000614cfb565b73ffffffffffffffffffffffffffffffffffffffff84165f90815260096020526040902080546affffffffffffffffffffff8116808511613d20576040517fe014381b00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff881660048201526024810186905260448101829052606401610b40565b73ffffffffffffffffffffffffffffffffffffffff8616613d4857613d458783612c36565b95505b613d5186613256565b613d9f576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff87166004820152602401610b40565b5f613daa8287615417565b604080516060810182526001546bffffffffffffffffffffffff811682526c01000000000000000000000000810466ffffffffffffff166020830181905273010000000000000000000000000000000000000090910464ffffffffff16928201839052929350915f91613e1e919089613542565b90505f613e4084612b47855f01516bffffffffffffffffffffffff16856139c0565b9050805f03613eba57815f03613e85576040517f2b4b67ee00000000000000000000000000000000000000000000000000000000815260048101899052602401610b40565b6040517fbc2d345000000000000000000000000000000000000000000000000000000000815260048101859052602401610b40565b613ec48187615447565b8755604080516060810190915283518190613eee9084906bffffffffffffffffffffffff16615417565b6bffffffffffffffffffffffff168152602001613f0b8385615417565b66ffffffffffffff908116825264ffffffffff42811660209384015283516001805494860151604096870151909316730100000000000000000000000000000000000000027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff939094166c01000000000000000000000000027fffffffffffffffffffffffffff000000000000000000000000000000000000009095166bffffffffffffffffffffffff9092169190911793909317161790555173ffffffffffffffffffffffffffffffffffffffff8c16907fd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a9061400c9084815260200190565b60405180910390a2838110156140705773ffffffffffffffffffffffffffffffffffffffff8b167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c92061405e8387615417565b60405190815260200160405180910390a25b6140b173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168b836131f6565b5050505050505050505050565b60038260068111156140d2576140d261545a565b1161426a578073ffffffffffffffffffffffffffffffffffffffff81118061410057506140fe81613256565b155b1561413b5782826040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615508565b5f8084600681111561414f5761414f61545a565b1415801561417657505f5473ffffffffffffffffffffffffffffffffffffffff8381169116145b806141b8575060018460068111156141905761419061545a565b141580156141b8575060045473ffffffffffffffffffffffffffffffffffffffff8381169116145b806141fa575060028460068111156141d2576141d261545a565b141580156141fa575060055473ffffffffffffffffffffffffffffffffffffffff8381169116145b905080801561421b575060038460068111156142185761421861545a565b14155b156112ec576040517f7b51e33100000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff83166004820152602401610b40565b600682600681111561427e5761427e61545a565b146142905766ffffffffffffff614294565b6127105b811115611c935781816040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615508565b60028101546040516bffffffffffffffffffffffff909116815233907fc13b3459e1e44bb22a6eaf26970a9cbea34628d966d84909f839f724003175e39060200160405180910390a260020180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000169055565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c15610ae9576040517f3ee5aeb500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80825d5050565b5f612b8c6143b1614d38565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f80806041849003614420578435602086013560408701355f1a61441289828585614e6e565b95509550955050505061442a565b505f915060029050825b93509350939050565b5f80806008816144466020890189614fd1565b73ffffffffffffffffffffffffffffffffffffffff1681526020808201929092526040015f90812080549093506c0100000000000000000000000090046bffffffffffffffffffffffff169188013582810390811115029050805f036144b4575f5f945094505050506148b3565b5f5f6144bf856129af565b865491935091506bffffffffffffffffffffffff166144eb6144e185836139c0565b612b478c856139c0565b975087156148445760018601546bffffffffffffffffffffffff165f61451d8660408f013584810390811115026139c0565b90506145298a88615447565b965061456b61453c8b612b47848a615417565b614546908c615417565b612b476127106145568f8c6155c0565b61456091906155d7565b858103908111150290565b98506145778983615447565b91506145838a84615417565b88546bffffffffffffffffffffffff9182167fffffffffffffffff000000000000000000000000000000000000000000000000909116176c01000000000000000000000000898316021789556001890180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000169184169190911790819055790100000000000000000000000000000000000000000000000000900460ff168015614655575060028801547801000000000000000000000000000000000000000000000000900464ffffffffff164210155b15614685576001880180547fffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffffff1690555b6147d288866146948d88615417565b82547f010000000000000000000000000000000000000000000000000000000000000077ffffffffffffffffffffffffffffffffffffffffffffffff909116780100000000000000000000000000000000000000000000000066ffffffffffffff94851681027effffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff1691909117919091178455600190930180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c0100000000000000000000000092909316919091027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16919091177301000000000000000000000000000000000000004264ffffffffff1602177fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff169091179055565b6147df60208e018e614fd1565b60408051898152602081018590529081018c9052606081018b905273ffffffffffffffffffffffffffffffffffffffff91909116907f0d3c9578af6bc84de6b75dd175fc93622eca1bea6cdd09237d15a726cd271f539060800160405180910390a250505b838810156148ac5761485960208c018c614fd1565b73ffffffffffffffffffffffffffffffffffffffff167fcf0bd579dd7e7f0a2a5ab099e44cf0408f8771394ec0a6d82f2854f832c6381161489a8a87615417565b60405190815260200160405180910390a25b5050505050505b935093915050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f81815273ffffffffffffffffffffffffffffffffffffffff8616600452602485905291602083604481808b5af1925060015f5114831661493757838315161561492b573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f81815273ffffffffffffffffffffffffffffffffffffffff8781166004528616602452604485905291602083606481808c5af1925060015f511483166149c55783831516156149b9573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b5f805b83811015614cf257368585838181106149f4576149f461555e565b6040029190910191505f9050614a0d6020830183614fd1565b73ffffffffffffffffffffffffffffffffffffffff81165f908152600960209081526040909120805492935090840135916affffffffffffffffffffff81168311614a5c575050505050614cea565b6affffffffffffffffffffff818116909303925f908211614a7d5784614a87565b614a878583612c36565b90505f898510614a975789614a99565b845b9050801580614abc575073ffffffffffffffffffffffffffffffffffffffff8216155b80614b1257507f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff16145b80614b32575073ffffffffffffffffffffffffffffffffffffffff821630145b15614b93578573ffffffffffffffffffffffffffffffffffffffff167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c92086604051614b7f91815260200190565b60405180910390a250505050505050614cea565b8281018455614bd973ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168383614f61565b15614c9357808a0399508573ffffffffffffffffffffffffffffffffffffffff167fd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a82604051614c2b91815260200190565b60405180910390a284811015614c8e578573ffffffffffffffffffffffffffffffffffffffff167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c920828703604051614c8591815260200190565b60405180910390a25b614ce2565b82845560405185815273ffffffffffffffffffffffffffffffffffffffff8716907f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c9209060200160405180910390a25b505050505050505b6001016149d9565b50909392505050565b60605f614d0783614f6e565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f3073ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016148015614d9d57507f000000000000000000000000000000000000000000000000000000000000000046145b15614dc757507f000000000000000000000000000000000000000000000000000000000000000090565b611a68604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115614ea757505f91506003905082614f57565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015614ef8573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0015191505073ffffffffffffffffffffffffffffffffffffffff8116614f4e57505f925060019150829050614f57565b92505f91508190505b9450945094915050565b5f6135818484845f6148bb565b5f60ff8216601f811115612b8c576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b803573ffffffffffffffffffffffffffffffffffffffff81168114612c31575f5ffd5b5f60208284031215614fe1575f5ffd5b612b8982614fae565b5f60208284031215614ffa575f5ffd5b5035919050565b803560078110612c31575f5ffd5b5f6020828403121561501f575f5ffd5b612b8982615001565b5f5f83601f840112615038575f5ffd5b50813567ffffffffffffffff81111561504f575f5ffd5b602083019150836020606083028501011115615069575f5ffd5b9250929050565b5f5f83601f840112615080575f5ffd5b50813567ffffffffffffffff811115615097575f5ffd5b602083019150836020828501011115615069575f5ffd5b5f5f5f5f604085870312156150c1575f5ffd5b843567ffffffffffffffff8111156150d7575f5ffd5b6150e387828801615028565b909550935050602085013567ffffffffffffffff811115615102575f5ffd5b61510e87828801615070565b95989497509550505050565b5f5f5f5f5f60a0868803121561512e575f5ffd5b8535945060208601359350604086013560ff8116811461514c575f5ffd5b94979396509394606081013594506080013592915050565b5f5f60408385031215615175575f5ffd5b61517e83615001565b946020939093013593505050565b5f5f83601f84011261519c575f5ffd5b50813567ffffffffffffffff8111156151b3575f5ffd5b6020830191508360208260061b8501011115615069575f5ffd5b5f5f5f5f604085870312156151e0575f5ffd5b843567ffffffffffffffff8111156151f6575f5ffd5b6150e38782880161518c565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f61528860e0830189615202565b828103604084015261529a8189615202565b6060840188905273ffffffffffffffffffffffffffffffffffffffff8716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b818110156152fc5783518352602093840193909201916001016152de565b50909b9a5050505050505050505050565b5f5f5f5f5f5f60608789031215615322575f5ffd5b863567ffffffffffffffff811115615338575f5ffd5b61534489828a01615028565b909750955050602087013567ffffffffffffffff811115615363575f5ffd5b61536f89828a0161518c565b909550935050604087013567ffffffffffffffff81111561538e575f5ffd5b61539a89828a01615070565b979a9699509497509295939492505050565b5f5f5f5f606085870312156153bf575f5ffd5b6153c885614fae565b935060208501359250604085013567ffffffffffffffff811115615102575f5ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b81810381811115612b8c57612b8c6153ea565b64ffffffffff8281168282160390811115612b8c57612b8c6153ea565b80820180821115612b8c57612b8c6153ea565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b6bffffffffffffffffffffffff8181168382160190811115612b8c57612b8c6153ea565b6bffffffffffffffffffffffff8281168282160390811115612b8c57612b8c6153ea565b60078110615504577f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b9052565b6040810161551682856154cf565b8260208301529392505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b60208101612b8c82846154cf565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b81515f90829060208501835b828110156155b5578151845260209384019390910190600101615597565b509195945050505050565b8082028115828204841417612b8c57612b8c6153ea565b5f8261560a577f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b50049056' as const
